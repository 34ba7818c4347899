using System.Diagnostics;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>Whole sign-ins per second, page and form, beside the framework's bare Identity: with the real hash, and with it made cheap in both.</summary>
internal sealed class SignInCost : IPart
{
    private const int Clients = 4;
    private const int Users = 400;
    private const int RealHash = 210_000;
    private const string Real = "real hash";
    private const string Cheap = "cheap hash";

    /// <summary>More than there are seats, so that every sign-in but the first three of a user ends another session.</summary>
    private const int BrowsersPerUser = 4;

    public string Name => "signin";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        await using var portalReal = await PortalAsync(bench, "signin_portal_real", RealHash);
        await using var portalCheap = await PortalAsync(bench, "signin_portal_cheap", Workbench.CheapHash);
        await using var identityReal = await IdentityAsync(bench, "signin_identity_real", RealHash);
        await using var identityCheap = await IdentityAsync(bench, "signin_identity_cheap", Workbench.CheapHash);
        Contender[] contenders =
        [
            new("ConcurrentSessions", Real, portalReal.Address, new Browsers(reused: true)),
            new("bare Identity", Real, identityReal.Address, new Browsers(reused: false)),
            new("ConcurrentSessions", Cheap, portalCheap.Address, new Browsers(reused: true)),
            new("bare Identity", Cheap, identityCheap.Address, new Browsers(reused: false)),
            new("ConcurrentSessions, each from a new device, which is mailed", Cheap, portalCheap.Address, new Browsers(reused: false)),
        ];
        return Report(await RunAsync(bench.Arguments, contenders));
    }

    private static async Task<WebServer> PortalAsync(Workbench bench, string database, int iterations)
    {
        await bench.Postgres.CreateDatabaseAsync(database);
        var portal = await bench.StartPortalAsync(database, iterations);
        await bench.AddPortalTemplateAsync(database, iterations);
        await People.CopyAsync(bench.Postgres, database, Users);
        return portal;
    }

    private static async Task<WebServer> IdentityAsync(Workbench bench, string database, int iterations)
    {
        await bench.Postgres.CreateDatabaseAsync(database);
        var identity = await bench.StartIdentityAsync("default", database, iterations);
        await People.CopyAsync(bench.Postgres, database, Users);
        return identity;
    }

    private static async Task<Dictionary<Contender, List<double>>> RunAsync(Arguments arguments, Contender[] contenders)
    {
        var time = TimeSpan.FromSeconds(arguments.Amount(7, 2));
        foreach (var contender in contenders)
        {
            await SignInsAsync(contender, 3 * time); // the runtime optimises while it runs; at the real hash's rate that takes a while
        }

        var rates = contenders.ToDictionary(c => c, _ => new List<double>());
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                rates[contender].Add(await SignInsAsync(contender, time));
                Say.Line($"round {round}: {contender.Name}, {contender.Hash}: {rates[contender][^1]:0.0}/s");
            }
        }

        return rates;
    }

    /// <returns>Sign-ins per second.</returns>
    private static async Task<double> SignInsAsync(Contender contender, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var (visitor, user) = contender.Browsers.Next();
                if (!await visitor.SignInAsync(contender.Address, People.Email(user), Workbench.Password))
                {
                    throw new InvalidOperationException($"{contender.Name}: {People.Email(user)} could not sign in.");
                }

                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Findings Report(Dictionary<Contender, List<double>> rates)
    {
        double Ratio(Contender c) => rates[c].Median() / rates.Single(r => r.Key.Name == "bare Identity" && r.Key.Hash == c.Hash).Value.Median();
        var table = new Table(
            $"Sign-ins (GET of the page, POST of the form) by {Clients} clients at once",
            ["", "hash", "sign-ins/s", "lowest–highest", "against bare Identity"],
            [.. rates.Select(r => new[] { r.Key.Name, r.Key.Hash, $"{r.Value.Median():0.0}", r.Value.Range("0.0"), $"{Ratio(r.Key):0.00}" })],
            $"The real hash is PBKDF2-SHA512 with {RealHash:#,0} iterations in both, the cheap one has {Workbench.CheapHash:#,0}. The portal's users have "
            + $"{BrowsersPerUser} browsers each and 3 seats, so that nearly every sign-in ends another session; every one is audited.");
        double Of(string hash) => Ratio(rates.Keys.First(c => c.Hash == hash));
        return new(
            [table],
            [
                Goal.AtLeast("sign-ins per second against bare Identity, real hash", 0.95, Of(Real)),
                Goal.AtLeast("sign-ins per second against bare Identity, cheap hash in both", 0.65, Of(Cheap)),
            ],
            rates.ToDictionary(r => $"{r.Key.Name}, {r.Key.Hash}", r => (IReadOnlyList<double>)r.Value));
    }

    private sealed record Contender(string Name, string Hash, Uri Address, Browsers Browsers);

    /// <summary>Whose turn it is to sign in, and from which browser: one they used before, or a new one.</summary>
    private sealed class Browsers(bool reused)
    {
        private readonly Visitor?[] known = new Visitor?[Users * BrowsersPerUser];
        private int turn = -1;

        public (Visitor Visitor, int User) Next()
        {
            var number = Interlocked.Increment(ref turn);
            var (user, browser) = (number % Users, number % known.Length);
            if (!reused)
            {
                return (new Visitor(Crowd.Address(user)), user);
            }

            var visitor = known[browser] ??= new Visitor(Crowd.Address(user));
            visitor.Forget();
            return (visitor, user);
        }
    }
}
