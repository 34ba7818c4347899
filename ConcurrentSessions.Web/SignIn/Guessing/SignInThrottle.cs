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
        if (await LookAsync(counters, ct) is { } refused)
        {
            return refused;
        }

        var lane = await lanes.EnterAsync(counters[0].Key, ct);
        try
        {
            if (await CountAsync(counters, ct) is var count and > 0)
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
        return await LookAsync(counters, ct) ?? SignInAttempt.Refused(NotedLater, isToBeNoted: false);
    }

    // The device is looked for whether there is such an account or not: the answer takes the same time.
    private async Task<Counter[]> CountersAsync(Guess guess, CancellationToken ct)
    {
        var rules = settings.Value;
        return guess.Device is { } key && await devices.FindAsync(guess.UserId ?? "", key, ct) is { } device
            ? [new(guess.DeviceKey(device), rules.PerDevice, IsDevice: true)]
            : [new(guess.NetworkKey, GuessingSettings.PerNetwork), new(guess.AccountKey, rules.PerAccount)];
    }

    /// <returns>Null when nothing speaks against it, or the clock has gone back, which only <see cref="CountAsync"/> can put right.</returns>
    private async Task<SignInAttempt?> LookAsync(Counter[] counters, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var rows = await ReadAsync(db.Set<SignInFailures>().AsNoTracking(), counters, ct);
        var longest = rows.MaxBy(r => r.Row.WaitAt(now, r.Rule));
        var wait = longest?.Row.WaitAt(now, longest.Rule) ?? TimeSpan.Zero;
        return wait <= TimeSpan.Zero || rows.Any(r => r.Row.IsOfALaterClock(now, r.Rule))
            ? null
            : SignInAttempt.Refused(wait, await IsToBeNotedAsync(db, longest!.Row, now, ct));
    }

    /// <returns>How many are counted under the first counter now; zero when this one may not be made.</returns>
    private Task<int> CountAsync(Counter[] counters, CancellationToken ct) =>
        databases.PersistAsync(db => CountInTurnAsync(db, counters, ct), ct);

    private async Task<int> CountInTurnAsync(PortalDbContext db, Counter[] counters, CancellationToken ct)
    {
        await using var turn = await TakeTurnAsync(db, counters, ct);
        var now = clock.GetUtcNow();
        var rows = await ReadAsync(db.Set<SignInFailures>(), counters, ct);
        var refused = rows.Any(r => r.Row.WaitAt(now, r.Rule) > TimeSpan.Zero);
        foreach (var (row, rule) in rows.Where(r => r.Row.IsOfALaterClock(now, r.Rule)))
        {
            row.NextAt = now + rule.WaitAfter(row.Count);
        }

        var count = refused ? 0 : Reserve(db, counters, rows, now);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return count;
    }

    // The last is the account's, or the device's that nothing else counts under: one turn for all counters of an attempt.
    private static Task<Turn> TakeTurnAsync(PortalDbContext db, Counter[] counters, CancellationToken ct) =>
        db.TakeTurnOfAsync("guesses " + counters[^1].Key, ct);

    private static int Reserve(PortalDbContext db, Counter[] counters, List<Counted> rows, DateTimeOffset now)
    {
        foreach (var counter in counters)
        {
            var row = rows.Find(r => r.Row.Key == counter.Key)?.Row;
            if (row is null)
            {
                row = new SignInFailures { Key = counter.Key, NextAt = now, NotedAt = now };
                rows.Add(new(row, counter.Rule));
                db.Add(row);
            }

            row.Reserve(now, counter.Rule);
        }

        return rows.Find(r => r.Row.Key == counters[0].Key)!.Row.Count;
    }

    // Not cancelled: an owner who was right must not stay counted.
    private Task<bool> GiveBackAsync(Counter[] counters, bool forgotten) =>
        databases.PersistAsync(db => GiveBackInTurnAsync(db, counters, forgotten), CancellationToken.None);

    private async Task<bool> GiveBackInTurnAsync(PortalDbContext db, Counter[] counters, bool forgotten)
    {
        await using var turn = await TakeTurnAsync(db, counters, default);
        var (keys, now) = (counters.Select(c => c.Key).ToArray(), clock.GetUtcNow());
        var mine = db.Set<SignInFailures>().Where(f => keys.Contains(f.Key));
        if (await mine.Where(f => forgotten || f.Count <= 1).ExecuteDeleteAsync() < keys.Length)
        {
            await mine.Where(f => f.Count > 1)
                .ExecuteUpdateAsync(set => set.SetProperty(f => f.Count, f => f.Count - 1).SetProperty(f => f.NextAt, now));
        }

        await turn.CommitAsync();
        return true;
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

    private static async Task<List<Counted>> ReadAsync(IQueryable<SignInFailures> failures, Counter[] counters, CancellationToken ct)
    {
        var keys = counters.Select(c => c.Key).ToArray();
        var rows = await failures.Where(f => keys.Contains(f.Key)).ToListAsync(ct);
        return [.. rows.Select(r => new Counted(r, Array.Find(counters, c => c.Key == r.Key)!.Rule))];
    }

    private sealed record Counter(string Key, GuessingRule Rule, bool IsDevice = false);

    private sealed record Counted(SignInFailures Row, GuessingRule Rule);
}
