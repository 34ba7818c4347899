using System.Globalization;
using System.Net;
using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ConcurrentSessions.Web.Mail;

/// <summary>The section <c>Email</c> of the settings. Not a record: it must not print its password.</summary>
public sealed class EmailOptions
{
    /// <summary>The SMTP server; empty: mails go to <see cref="PickupDirectory"/>.</summary>
    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    public EmailSecurity Security { get; set; } = EmailSecurity.StartTls;

    /// <summary>Empty: no authentication.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>An address, with or without a name before it.</summary>
    public string From { get; set; } = "ConcurrentSessions <no-reply@localhost>";

    /// <summary>Relative to the repository or the program, see <see cref="DataFolder"/>.</summary>
    public string PickupDirectory { get; set; } = "data/mail";

    public bool UsesPickup => Host.Length == 0;
}

public enum EmailSecurity
{
    None,
    StartTls,
    SslOnConnect,
}

/// <summary>Reads and judges the section. Reads by hand, because the binder's complaint about a wrong word does not say what is allowed.</summary>
internal sealed class EmailOptionsSetup(IConfiguration configuration) : IConfigureOptions<EmailOptions>, IValidateOptions<EmailOptions>
{
    private readonly IConfigurationSection section = configuration.GetSection("Email");

    public void Configure(EmailOptions options)
    {
        options.Host = section["Host"]?.Trim() ?? options.Host;
        options.UserName = section["UserName"] ?? options.UserName;
        options.Password = section["Password"] ?? options.Password;
        options.From = section["From"] ?? options.From;
        options.PickupDirectory = section["PickupDirectory"] ?? options.PickupDirectory;
        options.Port = Port(options.Port) ?? options.Port;
        options.Security = Security(options.Security) ?? options.Security;
    }

    public ValidateOptionsResult Validate(string? name, EmailOptions options)
    {
        var wrong = Complaints(options).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private IEnumerable<string> Complaints(EmailOptions options)
    {
        if (Port(options.Port) is not (>= 1 and <= 65535) || options.Port is not (>= 1 and <= 65535))
        {
            yield return $"Email:Port is '{section["Port"] ?? $"{options.Port}"}'; it must be a number from 1 to 65535.";
        }

        if (Security(options.Security) is null)
        {
            yield return $"Email:Security is '{section["Security"]}'; it must be None, StartTls or SslOnConnect.";
        }

        if (!MailboxAddress.TryParse(options.From, out var from) || from.Domain.Length == 0)
        {
            yield return $"Email:From is '{options.From}'; it must be one mail address, like 'Portal <no-reply@portal.example>'.";
        }

        if (options.UsesPickup && string.IsNullOrWhiteSpace(options.PickupDirectory))
        {
            yield return "Email:PickupDirectory is ''; without Email:Host it must name a folder.";
        }

        if (options is { UsesPickup: false, Security: EmailSecurity.None, UserName.Length: > 0 } && !IsThisMachine(options.Host))
        {
            yield return "Email:Security is 'None'; with Email:UserName it must be StartTls or SslOnConnect, "
                + "for the password would travel in clear text.";
        }
    }

    private int? Port(int unset) => section["Port"] is not { Length: > 0 } text ? unset
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port
        : null;

    private EmailSecurity? Security(EmailSecurity unset) => section["Security"]?.ToUpperInvariant() switch
    {
        null or "" => unset,
        "NONE" => EmailSecurity.None,
        "STARTTLS" => EmailSecurity.StartTls,
        "SSLONCONNECT" => EmailSecurity.SslOnConnect,
        _ => null,
    };

    private static bool IsThisMachine(string host) =>
        host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
