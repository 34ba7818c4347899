using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>The network between one node and the server. While it is dead, nothing arrives and nobody is told so, as behind a firewall that drops.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Socket> sockets = [];
    private readonly int server;
    private readonly Task accepting;
    private volatile TaskCompletionSource alive = new();

    private Wire(int server)
    {
        this.server = server;
        alive.SetResult();
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public static Wire To(Server server) => new(server.Port);

    public void Die() => alive = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was sent meanwhile arrives now.</summary>
    public void Mend() => alive.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        Mend();
        listener.Stop();
        await accepting;
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop.Token);
                sockets.Add(client);
                _ = RelayAsync(client);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // No more.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await alive.Task;
            await upstream.ConnectAsync(IPAddress.Loopback, server, stop.Token);
            await Task.WhenAny(PumpAsync(client, upstream), PumpAsync(upstream, client));
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side hung up.
        }

        client.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16384];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is var read and > 0)
            {
                await alive.Task;
                await to.SendAsync(buffer.AsMemory(0, read), stop.Token);
            }
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side hung up.
        }
    }
}
