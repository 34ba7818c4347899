namespace ConcurrentSessions.Bench.Machines;

/// <summary>The machine that the parts work at: one PostgreSQL, and whatever contenders they start on it.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public const string Password = "a long enough password";
    public const string TemplateEmail = "template@bench.example";
    public const string AdminEmail = "admin@bench.example";
    public const int CheapHash = 1000;

    private readonly string folder;
    private readonly string logs;
    private int started;

    private Workbench(Arguments arguments, PostgresServer postgres, string folder, string logs) =>
        (Arguments, Postgres, this.folder, this.logs) = (arguments, postgres, folder, logs);

    public Arguments Arguments { get; }

    public PostgresServer Postgres { get; }

    public static async Task<Workbench> OpenAsync(Arguments arguments)
    {
        var logs = Directory.CreateDirectory(Path.Combine(arguments.WorkFolder, "logs")).FullName;
        var folder = Directory.CreateTempSubdirectory("bench-").FullName;
        return new(arguments, await PostgresServer.StartAsync(logs), folder, logs);
    }

    public string NewFile(string name) => Path.Combine(folder, name);

    /// <summary>A portal node with limit 3 and EvictLeastRecent; the first on a database makes it.</summary>
    /// <param name="hashIterations">Null: as the portal sets it itself.</param>
    public async Task<WebServer> StartPortalAsync(
        string database, int? hashIterations = CheapHash, IReadOnlyDictionary<string, string>? more = null)
    {
        var port = FreePort.Next();
        var environment = Common(port, hashIterations);
        environment["AllowedHosts"] = "localhost;127.0.0.1";
        environment["Portal__PublicUrl"] = $"http://localhost:{port}";
        environment["Portal__KnownProxies__0"] = "127.0.0.1";
        environment["Portal__PostsPerMinute"] = "1000000"; // all load comes from one network
        environment["Circuits__PerUser"] = "1000";
        environment["Bootstrap__AdminEmail"] = AdminEmail;
        environment["Bootstrap__AdminPassword"] = Password;
        environment["Email__PickupDirectory"] = NewFile("mail-" + database);
        environment["Database__Provider"] = "Postgres";
        environment["ConnectionStrings__Portal"] = Postgres.ConnectionString(database);
        environment["Sessions__Limit"] = "3";
        environment["Sessions__WhenFull"] = "EvictLeastRecent";
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        return await WebServer.StartAsync(Dotnet("portal", "ConcurrentSessions.Web", [], environment), port);
    }

    /// <summary>The framework's own cookie, or none at all.</summary>
    /// <param name="mode">default, pooled or anonymous.</param>
    public async Task<WebServer> StartIdentityAsync(string mode, string database, int? hashIterations = CheapHash)
    {
        var port = FreePort.Next();
        var environment = Common(port, hashIterations);
        environment["ConnectionStrings__Peer"] = Postgres.ConnectionString(database);
        environment["KeyFolder"] = Directory.CreateDirectory(NewFile("keys")).FullName;
        environment["Template__Email"] = TemplateEmail;
        environment["Template__Password"] = Password;
        return await WebServer.StartAsync(Dotnet("identity", "IdentityCookie", [mode], environment), port);
    }

    public async Task<WebServer> StartExpressAsync(string database)
    {
        var port = FreePort.Next();
        var environment = new Dictionary<string, string>
        {
            ["NODE_ENV"] = "production",
            ["PORT"] = $"{port}",
            ["DATABASE_URL"] = Postgres.Url(database),
            ["SESSION_SECRET"] = "mysecretkey",
        };
        var source = Path.Combine(Arguments.BenchFolder, "peers", "express");
        return await WebServer.StartAsync(ChildProcess.Start(NextLog("express"), "node", ["server.js"], environment, source), port);
    }

    public Task AddPortalTemplateAsync(string database, int hashIterations = CheapHash) =>
        RunVerbAsync(database, $"users add {TemplateEmail} --password-stdin", hashIterations);

    /// <summary>The administrator signs in with a password alone, as the harness does.</summary>
    public Task SpareAdministratorTheSecondFactorAsync(string database) => RunVerbAsync(database, "roles set-second-factor Admin optional");

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public Task MigrateAsync(string database) => RunVerbAsync(database, "database migrate");

    /// <returns>What the ledger's check says, in a sentence; an exception when the ledger is broken.</returns>
    public async Task<string> VerifyAuditAsync(string database) => (await RunVerbAsync(database, "audit verify")).Split('\n')[0];

    private async Task<string> RunVerbAsync(string database, string verb, int hashIterations = CheapHash)
    {
        var environment = string.Join(' ', new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Staging",
            ["ASPNETCORE_ENVIRONMENT"] = "Staging",
            ["AllowedHosts"] = "localhost",
            ["Portal__PublicUrl"] = "http://localhost",
            ["Portal__PostsPerMinute"] = "1000000",
            ["Database__Provider"] = "Postgres",
            ["ConnectionStrings__Portal"] = Postgres.ConnectionString(database),
            ["Passwords__HashIterations"] = $"{hashIterations}",
        }.Select(v => $"{v.Key}='{v.Value}'"));
        var program = Path.Combine(Arguments.WorkFolder, "portal", "ConcurrentSessions.Web.dll");
        return await ChildProcess.RunAsync(
            "sh", ["-c", $"echo '{Password}' | {environment} dotnet '{program}' {verb}"]);
    }

    private static Dictionary<string, string> Common(int port, int? hashIterations)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Staging",
            ["ASPNETCORE_URLS"] = $"http://localhost:{port}",
        };
        if (hashIterations is { } iterations)
        {
            environment["Passwords__HashIterations"] = $"{iterations}";
        }

        return environment;
    }

    private ChildProcess Dotnet(string folderName, string program, string[] arguments, Dictionary<string, string> environment)
    {
        var place = Path.Combine(Arguments.WorkFolder, folderName);
        return ChildProcess.Start(NextLog(folderName), "dotnet", [Path.Combine(place, program + ".dll"), .. arguments], environment, place);
    }

    private string NextLog(string name) => Path.Combine(logs, $"{name}-{Interlocked.Increment(ref started)}.log");
}
