using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A mail server on the loopback that keeps what it is given and can be told to misbehave.</summary>
public sealed class SmtpPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<MimeMessage> received = new();
    private readonly ConcurrentBag<Task> conversations = [];
    private readonly TaskCompletionSource silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    public int Port { get; private set; }

    public IReadOnlyCollection<MimeMessage> Received => received;

    public int Connections { get; private set; }

    /// <summary>What to answer to a recipient; null: take it.</summary>
    public Func<string, string?> OnRecipient { get; set; } = _ => null;

    /// <summary>What to greet with.</summary>
    public string Greeting { get; set; } = "220 peer ready";

    /// <summary>Take the connection and never say a word.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Offer STARTTLS, with a certificate nobody vouches for.</summary>
    public bool OffersTls { get; set; }

    /// <summary>The name and password that came with AUTH PLAIN.</summary>
    public string? Credentials { get; private set; }

    /// <summary>Done when somebody waits for a word of the silent peer.</summary>
    public Task SomebodyWaits => silent.Task;

    public static SmtpPeer Started()
    {
        var peer = new SmtpPeer();
        peer.Start();
        return peer;
    }

    /// <summary>Listens, on the port it had before if it had one.</summary>
    public void Start()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    /// <summary>From now on connections are refused.</summary>
    public async Task HangUpAsync()
    {
        listener?.Stop();
        await accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await HangUpAsync();
        await Task.WhenAll(conversations);
        foreach (var message in received)
        {
            message.Dispose();
        }

        stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener open)
    {
        try
        {
            while (true)
            {
                var client = await open.AcceptTcpClientAsync(stop.Token);
                Connections++;
                conversations.Add(TalkAsync(client));
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Hung up.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or AuthenticationException)
            {
                // The other side went away.
            }
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        if (IsSilent)
        {
            silent.TrySetResult();
            await stream.ReadExactlyAsync(new byte[1], stop.Token);
            return;
        }

        using var wire = new Wire(stream, stop.Token);
        await wire.SayAsync(Greeting);
        if (await ObeyAsync(wire))
        {
            await wire.SayAsync("220 go ahead");
            using var encrypted = new Wire(await EncryptAsync(stream), stop.Token);
            await ObeyAsync(encrypted);
        }
    }

    /// <returns>True when the other side wants to go on encrypted.</returns>
    private async Task<bool> ObeyAsync(Wire wire)
    {
        while (await wire.HearAsync() is { } command)
        {
            var verb = command.Split(' ', ':')[0].ToUpperInvariant();
            if (verb is "STARTTLS" && OffersTls)
            {
                return true;
            }

            await wire.SayAsync(await AnswerAsync(verb, command, wire));
            if (verb is "QUIT")
            {
                return false;
            }
        }

        return false;
    }

    private async Task<string> AnswerAsync(string verb, string command, Wire wire)
    {
        switch (verb)
        {
            case "EHLO":
                return OffersTls ? "250-peer\r\n250-AUTH PLAIN\r\n250 STARTTLS" : "250-peer\r\n250 AUTH PLAIN";
            case "AUTH":
                Credentials = Encoding.UTF8.GetString(Convert.FromBase64String(command.Split(' ')[2]));
                return "235 welcome";
            case "RCPT":
                return OnRecipient(command[(command.IndexOf('<', StringComparison.Ordinal) + 1)..command.IndexOf('>', StringComparison.Ordinal)]) ?? "250 ok";
            case "DATA":
                await wire.SayAsync("354 go on");
                using (var raw = new MemoryStream(Encoding.UTF8.GetBytes(await wire.HearMessageAsync())))
                {
                    received.Enqueue(await MimeMessage.LoadAsync(raw, stop.Token));
                }

                return "250 taken";
            case "QUIT":
                return "221 bye";
            default:
                return "250 ok";
        }
    }

    private static async Task<Stream> EncryptAsync(Stream stream)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(certificate);
        return encrypted;
    }

    private sealed class Wire(Stream stream, CancellationToken ct) : IDisposable
    {
        private readonly StreamReader reader = new(stream, Encoding.UTF8);

        public Task SayAsync(string line) => stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), ct).AsTask();

        public ValueTask<string?> HearAsync() => reader.ReadLineAsync(ct);

        public async Task<string> HearMessageAsync()
        {
            var text = new StringBuilder();
            while (true)
            {
                // Who hangs up in the middle of a message has not sent one.
                var line = await HearAsync() ?? throw new EndOfStreamException();
                if (line == ".")
                {
                    return text.ToString();
                }

                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }
        }

        public void Dispose() => reader.Dispose();
    }
}
