using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>A server, nodes on one database of it, and people.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Admin = "admin@faults.example";
    public const string Password = "a long enough password";
    private const string Database = "portal";

    private readonly string workFolder;
    private readonly List<Node> nodes = [];

    private World(string workFolder, Server server) => (this.workFolder, Server) = (workFolder, server);

    public Server Server { get; }

    public Node this[int index] => nodes[index];

    public static async Task<World> OpenAsync(string workFolder, int people)
    {
        var stage = new World(workFolder, await Server.StartedAsync(workFolder));
        await stage.Server.ReadAsync("postgres", $"CREATE DATABASE {Database}");
        Client.Answers.Clear();
        await using (var first = new Node("faults-first", workFolder, stage.Settings(null)))
        {
            await first.StartAsync();
            await first.SpareAdministratorTheSecondFactorAsync();
            using var admin = new Client();
            Must(await admin.SignInAsync(first, Admin) == HttpStatusCode.Redirect, "The administrator could not sign in.");
            Must(await admin.SignOutAsync(first) == HttpStatusCode.Redirect, "The administrator could not sign out.");
        }

        await stage.AddPeopleAsync(people);
        return stage;
    }

    public static string Email(int person) => $"person{person}@faults.example";

    public static void Must(bool held, string otherwise)
    {
        if (!held)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <param name="port">Where it finds the server; null: where it is.</param>
    public async Task<Node> AddNodeAsync(int? port = null, IReadOnlyDictionary<string, string>? more = null, string? clockFile = null)
    {
        var settings = Settings(port);
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        var node = new Node($"faults-node{nodes.Count}", workFolder, settings) { ClockFile = clockFile };
        nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    public Task<List<string>> ReadAsync(string sql, params (string, object)[] values) => Server.ReadAsync(Database, sql, values);

    public static async Task<Client> SignedInAsync(Node node, string email, string ipAddress = "203.0.113.7")
    {
        var client = new Client(ipAddress);
        Must(await client.SignInAsync(node, email) == HttpStatusCode.Redirect && client.Key is not null, $"{email} could not sign in.");
        return client;
    }

    /// <summary>The invariants, and that each of these keys has a row.</summary>
    public async Task CheckAsync(Report report, IEnumerable<string>? keys = null)
    {
        var asked = new List<(string, int)>();
        foreach (var (what, sql) in Invariants.Read(workFolder))
        {
            asked.Add((what, (await ReadAsync(sql, ("now", TimeProvider.System.GetUtcNow()), ("seats", 3))).Count));
        }

        report.Invariants(asked);
        if (keys is not null)
        {
            var hashes = keys.Select(k => SHA256.HashData(Base64Url.DecodeFromChars(k))).ToArray();
            var found = await ReadAsync("SELECT COUNT(*) FROM \"Sessions\" WHERE \"KeyHash\" = ANY(@hashes)", ("hashes", hashes));
            report.None("cookies without a row", hashes.Length - int.Parse(found[0]));
        }
    }

    /// <returns>Seconds until it was so.</returns>
    public static async Task<double> UntilAsync(Func<Task<bool>> so, double patience = 60)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await so() && Stopwatch.GetElapsedTime(start).TotalSeconds < patience)
        {
            await Pause.ForAsync(TimeSpan.FromMilliseconds(50));
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    private Dictionary<string, string> Settings(int? port) => new()
    {
        ["Database__Provider"] = "Postgres",
        ["ConnectionStrings__Portal"] = Server.ConnectionString(Database, port),
        ["Email__PickupDirectory"] = Path.Combine(Path.GetTempPath(), $"faults-mail-{Server.Port}"),
    };

    // Copies of the administrator with another role: whatever columns there are, they hold what the portal writes.
    private Task<List<string>> AddPeopleAsync(int people) => ReadAsync($$"""
        INSERT INTO "AspNetUsers"
        SELECT copy.* FROM "AspNetUsers" t, generate_series(1, {{people}}) n, LATERAL jsonb_populate_record(t, jsonb_build_object(
          'Id', 'person' || n, 'UserName', 'person' || n || '@faults.example', 'Email', 'person' || n || '@faults.example',
          'NormalizedUserName', upper('person' || n || '@faults.example'), 'NormalizedEmail', upper('person' || n || '@faults.example'))) copy
        WHERE t."Email" = '{{Admin}}';
        INSERT INTO "AspNetUserRoles" ("UserId", "RoleId")
        SELECT 'person' || n, r."Id" FROM "AspNetRoles" r, generate_series(1, {{people}}) n WHERE r."Name" = 'User'
        """);
}
