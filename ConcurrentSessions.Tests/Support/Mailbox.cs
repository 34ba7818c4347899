using System.Text.RegularExpressions;
using System.Threading.Channels;
using MimeKit;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The mails that the portal puts into its pickup folder, from now on.</summary>
public sealed partial class Mailbox : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Channel<string> arrived = Channel.CreateUnbounded<string>();
    private readonly FileSystemWatcher watcher;

    public Mailbox(PortalFactory portal)
    {
        watcher = new(Directory.CreateDirectory(portal.MailFolder).FullName);
        watcher.Renamed += (_, file) => arrived.Writer.TryWrite(file.FullPath); // a whole mail gets its name last
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>The link in the next mail of this kind.</summary>
    public async Task<string> LinkAsync(string to, string subject)
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var file in arrived.Reader.ReadAllAsync(patience.Token))
        {
            using var mail = await MimeMessage.LoadAsync(file);
            if (mail.Subject == $"ConcurrentSessions: {subject}" && mail.To.Mailboxes.Any(m => m.Address == to))
            {
                var link = Link().Match(mail.TextBody ?? "");
                Assert.True(link.Success, $"No link in: {mail.TextBody}");
                return link.Value;
            }
        }

        throw new InvalidOperationException("The folder is watched no more.");
    }

    public void Dispose()
    {
        watcher.Dispose();
        arrived.Writer.Complete();
    }

    [GeneratedRegex(@"http://localhost:\d+/Account/\S+")]
    private static partial Regex Link();
}
