using System.Threading.Channels;

namespace ConcurrentSessions.Web.Data;

/// <summary>Rung after a commit for whoever reads its rows. A hint that saves time: the table stays the truth. Several rings before anybody looks are one.</summary>
public class CommitBell
{
    private readonly Channel<bool> rings = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => rings.Writer.TryWrite(true);

    public Task WaitAsync(CancellationToken ct) => rings.Reader.ReadAsync(ct).AsTask();
}
