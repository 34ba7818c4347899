using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The program as a process of its own, on the database of a test, for what only a process can suffer.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private readonly Process program;
    private readonly int port;

    private NodeProcess(Process program, int port) => (this.program, this.port) = (program, port);

    /// <summary>Starts it and waits until it says it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(ThrowAwayDatabase database)
    {
        var port = FreePort();
        var program = new Process
        {
            StartInfo = new("dotnet", [typeof(PortalDbContext).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var mails = Path.Combine(database.Folder, "mail");
        foreach (var (key, value) in database.Settings.Concat(Settings(port, mails)))
        {
            program.StartInfo.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        program.Start();
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        var node = new NodeProcess(program, port);
        await node.WaitUntilReadyAsync();
        return node;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        program.Kill();
        await program.WaitForExitAsync();
    }

    /// <summary>A browser whose requests for https://localhost reach this process.</summary>
    public Visitor NewVisitor(string ipAddress, CookieContainer? cookies = null) => new(new Way(port), ipAddress, cookies);

    public async ValueTask DisposeAsync()
    {
        if (!program.HasExited)
        {
            await KillAsync();
        }

        program.Dispose();
    }

    private static Dictionary<string, string?> Settings(int port, string mails) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Staging",
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["AllowedHosts"] = "localhost",
        ["Portal:PublicUrl"] = "https://localhost",
        ["Portal:KnownProxies:0"] = "127.0.0.1",
        ["Passwords:HashIterations"] = "1000",
        ["Email:PickupDirectory"] = mails,
        ["Sessions:WhenFull"] = "EvictLeastRecent",
        ["Logging:LogLevel:Default"] = "None",
    };

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient(new Way(port));
        var asked = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("https://localhost/health/ready"));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!program.HasExited && TimeProvider.System.GetElapsedTime(asked) < LongestStart)
            {
                // It does not listen yet.
            }

            await Task.Yield();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What a TLS proxy in front of the node does.</summary>
    private sealed class Way(int port) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.RequestUri!;
            request.Headers.Host = "localhost";
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            request.RequestUri = new Uri($"http://127.0.0.1:{port}{asked.PathAndQuery}");
            var answer = await base.SendAsync(request, cancellationToken);
            request.RequestUri = asked; // whose cookies it sets
            return answer;
        }
    }
}
