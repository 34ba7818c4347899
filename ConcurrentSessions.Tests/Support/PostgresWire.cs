using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The network between the portal and its PostgreSQL server. It breaks where it is told to.</summary>
public sealed class PostgresWire : IAsyncDisposable
{
    /// <summary>A commit; the zero tells it from READ COMMITTED.</summary>
    public const string Commit = "COMMIT\0";

    private const int EncryptionWish = 80877103;
    private const int EncryptionWishGss = 80877104;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Link, Task> links = new();
    private readonly Task accepting;
    private readonly (string Host, int Port) server;
    private TaskCompletionSource? silence;
    private Break? next;
    private int refusals;

    private PostgresWire(ThrowAwayDatabase database)
    {
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        server = (direct.Host!, direct.Port);
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(direct.ToString())
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            MaxAutoPrepare = 0, // a prepared statement no longer says its words
        }.ToString();
        accepting = AcceptAsync();
    }

    /// <summary>Leads to the database through this wire.</summary>
    public string ConnectionString { get; }

    /// <summary>How many connections were turned away.</summary>
    public int Refused { get; private set; }

    public static PostgresWire To(ThrowAwayDatabase database) => new(database);

    /// <summary>The next message that says this reaches the server, which obeys; its answer is lost and the connection with it.</summary>
    public void LoseTheAnswerTo(string words) => next = new(words, Delivered: true, Refusals: 0);

    /// <summary>The next message that says this is lost, and the connection with it.</summary>
    public void Lose(string words) => next = new(words, Delivered: false, Refusals: 0);

    /// <summary>With the next message that says this the server is gone: all connections break, and so many new ones are refused.</summary>
    public void GoDownAt(string words, int refusing) => next = new(words, Delivered: false, refusing);

    /// <summary>From now on nothing arrives and nothing breaks: whoever asks waits.</summary>
    public void FallSilent() => silence = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Refuses nothing any more, and delivers what waited.</summary>
    public void Mend()
    {
        Interlocked.Exchange(ref refusals, 0);
        Interlocked.Exchange(ref silence, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        CutAll();
        await Task.WhenAll(links.Values);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                if (Interlocked.Decrement(ref refusals) >= 0)
                {
                    Refused++;
                    client.Dispose();
                    continue;
                }

                Interlocked.Exchange(ref refusals, 0);
                var link = new Link(client);
                links[link] = RelayAsync(link);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // No more.
        }
    }

    private async Task RelayAsync(Link link)
    {
        await Task.Yield();
        using (link)
        {
            try
            {
                await link.Server.ConnectAsync(server.Host, server.Port, stop.Token);
                await Task.WhenAny(AskAsync(link), AnswerAsync(link));
            }
            catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side hung up.
            }
        }

        links.TryRemove(link, out _);
    }

    /// <summary>Client to server, message by message.</summary>
    private async Task AskAsync(Link link)
    {
        var (from, to) = (link.Client.GetStream(), link.Server.GetStream());
        while (await StartsEncryptedAsync(from, to))
        {
            await from.WriteAsync("N"u8.ToArray(), stop.Token);
        }

        while (true)
        {
            var head = new byte[5];
            await from.ReadExactlyAsync(head, stop.Token);
            var message = await ReadAsync(from, head, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4);
            if (!Passes(link, message))
            {
                return;
            }

            await DeliverAsync(to, message);
        }
    }

    private async Task DeliverAsync(NetworkStream to, byte[] message)
    {
        if (silence is { } silent)
        {
            await silent.Task.WaitAsync(stop.Token);
        }

        await to.WriteAsync(message, stop.Token);
    }

    /// <summary>A start-up message has no letter; what comes before it only asks for encryption.</summary>
    private async Task<bool> StartsEncryptedAsync(NetworkStream from, NetworkStream to)
    {
        var head = new byte[8];
        await from.ReadExactlyAsync(head, stop.Token);
        if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) is EncryptionWish or EncryptionWishGss)
        {
            return true;
        }

        await DeliverAsync(to, await ReadAsync(from, head, BinaryPrimitives.ReadInt32BigEndian(head) - head.Length));
        return false;
    }

    private async Task<byte[]> ReadAsync(NetworkStream from, byte[] head, int length)
    {
        var message = new byte[head.Length + length];
        head.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(head.Length), stop.Token);
        return message;
    }

    private bool Passes(Link link, byte[] message)
    {
        if (next is not { } armed || message.AsSpan().IndexOf(Encoding.ASCII.GetBytes(armed.Words)) < 0
            || Interlocked.CompareExchange(ref next, null, armed) != armed)
        {
            return true;
        }

        if (armed.Delivered)
        {
            link.AnswerIsLost = true;
            return true;
        }

        Interlocked.Exchange(ref refusals, armed.Refusals);
        if (armed.Refusals > 0)
        {
            CutAll();
        }

        return false;
    }

    /// <summary>Server to client, as it comes. The answer to a commit comes when it is done.</summary>
    private async Task AnswerAsync(Link link)
    {
        var (from, to, buffer) = (link.Server.GetStream(), link.Client.GetStream(), new byte[8192]);
        while (await from.ReadAsync(buffer, stop.Token) is var read and > 0 && !link.AnswerIsLost)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }
    }

    private void CutAll()
    {
        foreach (var link in links.Keys)
        {
            link.Dispose();
        }
    }

    private sealed record Break(string Words, bool Delivered, int Refusals);

    private sealed class Link(TcpClient client) : IDisposable
    {
        public TcpClient Client { get; } = client;

        public TcpClient Server { get; } = new() { NoDelay = true };

        public bool AnswerIsLost { get; set; }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
