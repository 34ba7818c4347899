using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>A mail server that takes everything and remembers which mail came how often.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> mails = [];
    private readonly Task accepting;

    public MailSink()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Email__Host"] = "127.0.0.1",
        ["Email__Port"] = $"{((IPEndPoint)listener.LocalEndpoint).Port}",
        ["Email__Security"] = "None",
    };

    /// <summary>By Message-ID, which is the id of the promise in the outbox.</summary>
    public ICollection<string> Ids => mails.Keys;

    public int Repeated => mails.Values.Sum(times => times - 1);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = TalkAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // No more.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream());
                await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
                await writer.WriteLineAsync("220 sink");
                while (await reader.ReadLineAsync(stop.Token) is { } line)
                {
                    if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                    {
                        await writer.WriteLineAsync("354 go on");
                        await TakeAsync(reader);
                    }

                    await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 yes");
                }
            }
            catch (Exception over) when (over is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The node was killed.
            }
        }
    }

    private async Task TakeAsync(StreamReader reader)
    {
        string? id = null;
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
        {
            id ??= line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase) ? line[11..].Trim(' ', '<', '>').Split('@')[0] : null;
        }

        mails.AddOrUpdate(id ?? "without an id", 1, (_, times) => times + 1);
    }
}
