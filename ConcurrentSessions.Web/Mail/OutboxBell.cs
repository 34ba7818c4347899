using System.Threading.Channels;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Rung after the commit of a transaction that promised a mail. A hint that saves seconds: the table stays the truth.</summary>
public sealed class OutboxBell
{
    private readonly Channel<bool> rings = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => rings.Writer.TryWrite(true);

    public Task WaitAsync(CancellationToken ct) => rings.Reader.ReadAsync(ct).AsTask();
}
