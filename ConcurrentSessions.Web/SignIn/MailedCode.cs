using System.Buffers.Text;
using System.Text;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Identity's one-time codes as they stand in a mailed link.</summary>
public static class MailedCode
{
    public static string ForLink(string code) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(code));

    /// <returns>Null when a link was cut off or made up.</returns>
    public static string? FromLink(string? value)
    {
        try
        {
            return string.IsNullOrEmpty(value) ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(value));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
