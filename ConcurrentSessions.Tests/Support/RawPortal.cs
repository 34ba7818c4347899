using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A portal that listens on a port, and is spoken to byte by byte: a client library would tidy up what is sent.</summary>
public sealed class RawPortal : PortalFactory
{
    private Uri address = null!;

    public RawPortal() => UseKestrel(0);

    public int Port
    {
        get
        {
            if (address is null)
            {
                StartServer();
                address = ClientOptions.BaseAddress;
            }

            return address.Port;
        }
    }

    /// <param name="lines">Without the last two line ends.</param>
    /// <returns>The whole answer, headers and all; empty when the portal only hung up.</returns>
    public async Task<string> SayAsync(string lines, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(lines.ReplaceLineEndings("\r\n").Replace("¶", "\n", StringComparison.Ordinal) + "\r\n\r\n" + body), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It has hung up before all was said.
        }

        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // What had come by then counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public static int Status(string answer) => answer.Length > 12 ? int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;
}
