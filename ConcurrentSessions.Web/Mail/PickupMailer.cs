using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Puts mails into a folder, one file each: for a machine without a mail server. A repeat replaces the first.</summary>
public sealed class PickupMailer(IOptions<EmailOptions> options) : IMailer
{
    /// <summary>Whole files end so; what is still being written does not.</summary>
    public const string Extension = ".eml";

    private readonly EmailOptions email = options.Value;

    public async Task<Delivery> SendAsync(OutboxMessage message, CancellationToken ct)
    {
        if (!OutboxMime.TryWrite(message, email.From, out var mime))
        {
            return Delivery.Refused("the address is malformed");
        }

        using (mime)
        {
            try
            {
                var folder = DataFolder.Resolve(email.PickupDirectory);
                CreateForOwnerOnly(folder);
                var file = Path.Combine(folder, FormattableString.Invariant($"{message.CreatedAt:yyyyMMddHHmmssfff}-{message.Id:N}"));
                await mime.WriteToAsync(file + ".tmp", ct);
                File.Move(file + ".tmp", file + Extension, overwrite: true);
                return Delivery.Sent;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return Delivery.Unavailable($"{error.GetType().Name}: {error.Message}");
            }
        }
    }

    private static void CreateForOwnerOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
