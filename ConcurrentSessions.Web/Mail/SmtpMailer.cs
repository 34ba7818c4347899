using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Delivers by SMTP. The server's certificate is checked; with <c>StartTls</c> a server that does not offer it gets nothing.</summary>
public sealed class SmtpMailer(IOptions<EmailOptions> options) : IMailer
{
    private const int Timeout = 10_000;

    private readonly EmailOptions email = options.Value;

    public async Task<Delivery> SendAsync(OutboxMessage message, CancellationToken ct)
    {
        if (!OutboxMime.TryWrite(message, email.From, out var mime))
        {
            return Delivery.Refused("the address is malformed");
        }

        using (mime)
        using (var smtp = new SmtpClient { Timeout = Timeout })
        {
            try
            {
                await ConnectAsync(smtp, ct);
            }
            catch (Exception error) when (IsFromTheServer(error))
            {
                return Delivery.Unavailable(Words(error));
            }

            return await HandOverAsync(smtp, mime, ct);
        }
    }

    private async Task ConnectAsync(SmtpClient smtp, CancellationToken ct)
    {
        await smtp.ConnectAsync(email.Host, email.Port, email.Security switch
        {
            EmailSecurity.None => SecureSocketOptions.None,
            EmailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.SslOnConnect,
        }, ct);
        if (email.UserName.Length > 0)
        {
            await smtp.AuthenticateAsync(email.UserName, email.Password, ct);
        }
    }

    private static async Task<Delivery> HandOverAsync(SmtpClient smtp, MimeMessage mime, CancellationToken ct)
    {
        try
        {
            await smtp.SendAsync(mime, ct);
        }
        catch (SmtpCommandException error)
        {
            return Judge(error);
        }
        catch (Exception error) when (IsFromTheServer(error))
        {
            return Delivery.Unavailable(Words(error));
        }

        try
        {
            await smtp.DisconnectAsync(quit: true, ct);
        }
        catch (Exception error) when (IsFromTheServer(error))
        {
            // The mail was taken; how the server says goodbye does not change that.
        }

        return Delivery.Sent;
    }

    // Only a final "no" to the recipient is the address's fault; a final "no" to the sender or the text may be mended by an operator.
    private static Delivery Judge(SmtpCommandException error) => error switch
    {
        { StatusCode: SmtpStatusCode.ServiceNotAvailable } or { ErrorCode: SmtpErrorCode.SenderNotAccepted } => Delivery.Unavailable(Words(error)),
        { ErrorCode: SmtpErrorCode.RecipientNotAccepted } when (int)error.StatusCode >= 500 => Delivery.Refused(Words(error)),
        _ => Delivery.Postponed(Words(error)),
    };

    private static bool IsFromTheServer(Exception error) => error
        is CommandException or ProtocolException or AuthenticationException or SslHandshakeException
        or NotSupportedException or SocketException or IOException or TimeoutException or ServiceNotConnectedException;

    private static string Words(Exception error) => error is SmtpCommandException refused
        ? $"{(int)refused.StatusCode} {MailText.OneLine(refused.Message)}"
        : $"{error.GetType().Name}: {MailText.OneLine(error.Message)}";
}
