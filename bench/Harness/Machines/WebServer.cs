namespace ConcurrentSessions.Bench.Machines;

/// <summary>A contender that listens on loopback.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private static readonly HttpClient Knock = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private readonly ChildProcess process;

    private WebServer(ChildProcess process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public ChildProcess Process => process;

    /// <summary>Ready once it answers, whatever it answers.</summary>
    public static async Task<WebServer> StartAsync(ChildProcess process, int port)
    {
        var server = new WebServer(process, new Uri($"http://127.0.0.1:{port}"));
        await process.WaitUntilAsync(server.AnswersAsync);
        return server;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await Knock.GetAsync(new Uri(Address, "/api/session"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
