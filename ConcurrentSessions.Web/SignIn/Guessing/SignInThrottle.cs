using System.Runtime.CompilerServices;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>
/// Slows down guessing without shutting out the owner (ASVS 6.1.1, 6.3.1). An attempt is counted before its secret is looked
/// at: per network and, mildly, per account; from a browser the account knows only under that browser. Counters are shared by
/// all nodes; <see cref="GuessingSettings"/> has the numbers.
/// </summary>
public sealed class SignInThrottle(
    IDbContextFactory<PortalDbContext> databases, Devices devices, IOptions<GuessingSettings> settings, TimeProvider clock)
{
    private const int NotedOneByOne = 20;
    private static readonly TimeSpan NotedLater = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenPurges = TimeSpan.FromMinutes(10);

    // Much longer than anything is remembered: what is purged is in nobody's hands.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly AttemptLanes lanes = new();
    private long purgedAt;

    /// <summary>Counts an attempt, or refuses it. Of attempts made at once on all nodes no more than the rules allow are counted.</summary>
    public async Task<SignInAttempt> ReserveAsync(Guess guess, CancellationToken ct)
    {
        var counters = await CountersAsync(guess, ct);
        var (refused, isFirst) = await LookAsync(counters, ct);
        if (refused is not null)
        {
            return refused;
        }

        var lane = await lanes.EnterAsync(counters[0].Key, ct);
        try
        {
            if (await CountAsync(counters, isFirst, ct) is var count and > 0)
            {
                await PurgeNowAndThenAsync(ct);
                return SignInAttempt.Reserved(count, right => GiveBackAsync(counters, forgotten: right && counters[0].IsDevice), lane);
            }
        }
        catch
        {
            lane.Dispose();
            throw;
        }

        lane.Dispose();
        return (await LookAsync(counters, ct)).Refused ?? SignInAttempt.Refused(NotedLater, isToBeNoted: false);
    }

    // The device is looked for whether there is such an account or not: the answer takes the same time.
    private async Task<Counter[]> CountersAsync(Guess guess, CancellationToken ct)
    {
        var rules = settings.Value;
        return guess.Device is { } key && await devices.FindAsync(guess.UserId ?? "", key, ct) is { } device
            ? [new(guess.DeviceKey(device), rules.PerDevice, IsDevice: true)]
            : [new(guess.NetworkKey, GuessingSettings.PerNetwork), new(guess.AccountKey, rules.PerAccount)];
    }

    /// <returns>
    /// Refused is null when nothing speaks against it, or the clock has gone back, which only <see cref="CountInTurnAsync"/> can put right;
    /// IsFirst when nothing is counted yet.
    /// </returns>
    private async Task<(SignInAttempt? Refused, bool IsFirst)> LookAsync(Counter[] counters, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (keys, now) = (KeysOf(counters), clock.GetUtcNow());
        var rows = WithRules(counters, await db.Set<SignInFailures>().AsNoTracking().Where(f => keys.Contains(f.Key)).ToListAsync(ct));
        var longest = rows.MaxBy(r => r.Row.WaitAt(now, r.Rule));
        var wait = longest?.Row.WaitAt(now, longest.Rule) ?? TimeSpan.Zero;
        return wait <= TimeSpan.Zero || rows.Any(r => r.Row.IsOfALaterClock(now, r.Rule))
            ? (null, rows.Count == 0)
            : (SignInAttempt.Refused(wait, await IsToBeNotedAsync(db, longest!.Row, now, ct)), false);
    }

    /// <returns>How many are counted under the first counter now; zero when this one may not be made.</returns>
    private async Task<int> CountAsync(Counter[] counters, bool isFirst, CancellationToken ct) =>
        isFirst && await databases.PersistAsync(db => IsCountedFirstAsync(db, counters, ct), ct)
            ? 1
            : await databases.PersistAsync(db => CountInTurnAsync(db, counters, ct), ct);

    // What nearly every sign-in is: nothing is counted, so nothing has to be read and locked.
    private async Task<bool> IsCountedFirstAsync(PortalDbContext db, Counter[] counters, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Database.ExecuteSqlAsync(Insert(counters, count: 1, clock.GetUtcNow(), "DO NOTHING"), ct) < counters.Length)
        {
            return false;
        }

        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task<int> CountInTurnAsync(PortalDbContext db, Counter[] counters, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = clock.GetUtcNow();
        var rows = WithRules(counters, await db.Set<SignInFailures>()
            .FromSql(Insert(counters, count: 0, now, "(\"Key\") DO UPDATE SET \"Key\" = excluded.\"Key\" RETURNING *")) // reads and locks
            .ToListAsync(ct));
        var refused = rows.Any(r => r.Row.WaitAt(now, r.Rule) > TimeSpan.Zero);
        foreach (var (row, rule) in rows.Where(r => r.Row.IsOfALaterClock(now, r.Rule)))
        {
            row.NextAt = now + rule.WaitAfter(row.Count);
        }

        if (!refused)
        {
            rows.ForEach(r => r.Row.Reserve(now, r.Rule));
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return refused ? 0 : rows.Find(r => r.Row.Key == counters[0].Key)!.Row.Count;
    }

    // The network's comes before the account's, always: nobody waits in a circle.
    private static FormattableString Insert(Counter[] counters, int count, DateTimeOffset now, string onConflict)
    {
        var rows = counters.Select((_, i) => $"({{{(2 * i) + 2}}}, {{0}}, {{{(2 * i) + 3}}}, 0, {{1}})");
        return FormattableStringFactory.Create(
            $"""INSERT INTO "SignInFailures" ("Key", "Count", "NextAt", "Refusals", "NotedAt") VALUES {string.Join(", ", rows)} ON CONFLICT {onConflict}""",
            [count, now, .. counters.SelectMany(c => new object[] { c.Key, now + c.Rule.WaitAfter(count) })]);
    }

    // Not cancelled: an owner who was right must not stay counted.
    private async Task GiveBackAsync(Counter[] counters, bool forgotten)
    {
        foreach (var counter in counters)
        {
            await databases.PersistAsync(db => GiveBackAsync(db.Set<SignInFailures>().Where(f => f.Key == counter.Key), forgotten), CancellationToken.None);
        }
    }

    private async Task<bool> GiveBackAsync(IQueryable<SignInFailures> mine, bool forgotten)
    {
        var (last, others, now) = (mine.Where(f => forgotten || f.Count <= 1), mine.Where(f => f.Count > 1), clock.GetUtcNow());
        return await last.ExecuteDeleteAsync() > 0
            || await others.ExecuteUpdateAsync(set => set.SetProperty(f => f.Count, f => f.Count - 1).SetProperty(f => f.NextAt, now)) > 0
            || await last.ExecuteDeleteAsync() > 0; // it became the last between the two
    }

    // One statement: of attempts that are refused at once no more than these are noted.
    private static async Task<bool> IsToBeNotedAsync(PortalDbContext db, SignInFailures row, DateTimeOffset now, CancellationToken ct)
    {
        var (key, earlier, later) = (row.Key, now - NotedLater, now + NotedLater);
        if (row.Refusals >= NotedOneByOne && row.NotedAt > earlier && row.NotedAt <= later)
        {
            return false;
        }

        return await db.Set<SignInFailures>()
            .Where(f => f.Key == key && (f.Refusals < NotedOneByOne || f.NotedAt <= earlier || f.NotedAt > later))
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.Refusals, f => f.Refusals + 1).SetProperty(f => f.NotedAt, now), ct) > 0;
    }

    private async Task PurgeNowAndThenAsync(CancellationToken ct)
    {
        var (now, last) = (clock.GetUtcNow(), Interlocked.Read(ref purgedAt));
        if (Math.Abs(now.UtcTicks - last) < BetweenPurges.Ticks || Interlocked.CompareExchange(ref purgedAt, now.UtcTicks, last) != last)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var forgotten = now - Kept;
        await db.Set<SignInFailures>().Where(f => f.NextAt < forgotten).ExecuteDeleteAsync(ct);
    }

    private static string[] KeysOf(Counter[] counters) => [.. counters.Select(c => c.Key)];

    private static List<Counted> WithRules(Counter[] counters, List<SignInFailures> rows) =>
        [.. rows.Select(r => new Counted(r, Array.Find(counters, c => c.Key == r.Key)!.Rule))];

    private sealed record Counter(string Key, GuessingRule Rule, bool IsDevice = false);

    private sealed record Counted(SignInFailures Row, GuessingRule Rule);
}
