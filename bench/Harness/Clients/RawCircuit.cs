using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>
/// An open page without a browser: it takes the page's components to a circuit, acknowledges what is rendered and answers calls
/// with nothing, so that hundreds fit beside the server whose memory they cost.
/// </summary>
internal sealed partial class RawCircuit : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource<string?> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reading = Task.CompletedTask;
    private Task pinging = Task.CompletedTask;

    private RawCircuit()
    {
    }

    public static async Task<RawCircuit> OpenAsync(Uri node, string sessionCookie, string path)
    {
        var html = await Visitor.With(sessionCookie).ReadAsync(node, path);
        var circuit = new RawCircuit();
        circuit.socket.Options.SetRequestHeader("Cookie", sessionCookie);
        circuit.socket.Options.SetRequestHeader("Origin", node.GetLeftPart(UriPartial.Authority));
        await circuit.socket.ConnectAsync(new Uri($"ws://{node.Authority}/_blazor"), CancellationToken.None);
        await circuit.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"));
        circuit.reading = circuit.ReadAsync();
        circuit.pinging = circuit.PingAsync();
        await circuit.StartAsync(node, path, html).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        return circuit;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(reading, pinging);
        socket.Dispose();
        turn.Dispose();
        over.Dispose();
    }

    private async Task StartAsync(Uri node, string path, string html)
    {
        var state = State().Match(html).Groups["state"].Value;
        await SendAsync(BlazorPack.Invoke("1", "StartCircuit", new Uri(node, "/").ToString(), new Uri(node, path).ToString(), "[]", state));
        if (await started.Task is null)
        {
            throw new InvalidOperationException("The server opened no circuit.");
        }

        await SendAsync(BlazorPack.Invoke(null, "UpdateRootComponents", Operations(html), state));
        await drawn.Task;
    }

    /// <summary>"Add every component that the page has drawn", as the browser's script says it.</summary>
    private static string Operations(string html)
    {
        var operations = new JsonArray();
        foreach (var marker in Marker().Matches(html).Select(m => JsonNode.Parse(m.Groups["json"].Value)!.AsObject()))
        {
            if (marker["type"]?.GetValue<string>() == "server")
            {
                operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = operations.Count + 1, ["marker"] = marker.DeepClone() });
            }
        }

        return new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString();
    }

    private async Task ReadAsync()
    {
        var (arrived, buffer, shaken) = (new List<byte>(), new byte[16 * 1024], false);
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), over.Token);
                arrived.AddRange(buffer.AsSpan(0, part.Count));
                if (!shaken)
                {
                    arrived.RemoveRange(0, arrived.IndexOf(0x1E) + 1);
                    shaken = true;
                }

                foreach (var message in BlazorPack.Take(arrived))
                {
                    await HearAsync(message);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            started.TrySetException(end);
            drawn.TrySetException(end);
        }
    }

    private async Task HearAsync(object?[] message)
    {
        if (message[0] is (long)BlazorPack.Completion)
        {
            started.TrySetResult(message.Length > 4 ? message[4] as string : null);
        }
        else if (message is [(long)BlazorPack.Invocation, _, _, string target, object?[] arguments, ..])
        {
            await ObeyAsync(target, arguments);
        }
    }

    private async Task ObeyAsync(string target, object?[] arguments)
    {
        switch (target)
        {
            case "JS.RenderBatch":
                await SendAsync(BlazorPack.Invoke(null, "OnRenderCompleted", arguments[0], null));
                drawn.TrySetResult();
                break;
            case "JS.BeginInvokeJS" when arguments[0] is long call and not 0:
                await SendAsync(BlazorPack.Invoke(null, "EndInvokeJSFromDotNet", call, true, $"[{call},true,null]"));
                break;
            case "JS.Error":
                drawn.TrySetException(new InvalidOperationException($"The circuit failed: {arguments[0]}"));
                break;
        }
    }

    private async Task PingAsync()
    {
        try
        {
            while (true)
            {
                await Pause.ForAsync(KeepAlive, over.Token);
                await SendAsync(BlazorPack.PingMessage());
            }
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException)
        {
            // The page was closed.
        }
    }

    private async Task SendAsync(byte[] message)
    {
        await turn.WaitAsync();
        try
        {
            var kind = message[0] == (byte)'{' && message[^1] == 0x1E ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            await socket.SendAsync(message, kind, endOfMessage: true, over.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    [GeneratedRegex("<!--Blazor:(?<json>\\{.*?\\})-->", RegexOptions.Singleline)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>.*?)-->", RegexOptions.Singleline)]
    private static partial Regex State();
}
