using System.Globalization;
using System.Text.RegularExpressions;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>How a role's rules came to be what they are, as the audit trail tells it.</summary>
public sealed class RoleHistory(IDbContextFactory<PortalDbContext> databases)
{
    private const int Most = 20;

    /// <summary>The latest changes first.</summary>
    public async Task<IReadOnlyList<RoleChange>> ReadAsync(string role, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (users, start) = (db.Users, role + ": ");
        var found = await db.AuditEvents.AsNoTracking()
            .Where(e => e.Name == AuditNames.SessionLimitChanged && e.Reason!.StartsWith(start))
            .OrderByDescending(e => e.Sequence).Take(Most)
            .Select(e => new { e.At, e.Reason, e.ActorKind, Email = users.Where(u => u.Id == e.ActorId).Select(u => u.Email).FirstOrDefault() })
            .ToListAsync(ct);
        return [.. found.Select(e => new RoleChange(e.At, e.Email, e.ActorKind, e.Reason![start.Length..]))];
    }
}

/// <param name="At">UTC.</param>
/// <param name="By">The address of who did it, where there is one.</param>
/// <param name="Text">"3 sessions, Ask, … (before: …), enforced now".</param>
public sealed partial record RoleChange(DateTimeOffset At, string? By, ActorKind Kind, string Text)
{
    /// <summary>The rules as they were after this change, in the trail's words.</summary>
    public string Words => Text.Split(" (before: ")[0];

    /// <summary>The same as rules; the answers to unusual sign-ins stay as at present. Null when its words are of another time.</summary>
    public SessionRules? Rules(SessionRules present)
    {
        var said = Told().Match(Words);
        if (!said.Success || !Enum.TryParse<WhenFull>(said.Groups["full"].Value, out var whenFull))
        {
            return null;
        }

        TimeSpan Span(string name) => TimeSpan.ParseExact(said.Groups[name].Value, "c", CultureInfo.InvariantCulture);
        int? seats = said.Groups["seats"] is { Success: true } number ? int.Parse(number.Value, CultureInfo.InvariantCulture) : null;
        var remembered = said.Groups["rememberedIdle"].Success;
        return present with
        {
            Limit = SessionLimit.Of(seats, whenFull),
            Lifetime = new(Span("idle"), Span("life")),
            MayRemember = remembered,
            RememberedLifetime = remembered ? new(Span("rememberedIdle"), Span("rememberedLife")) : present.RememberedLifetime,
            SecondFactorRequired = said.Groups["factor"].Success,
            EvictionNotice = said.Groups["save"] is { Success: true } save
                ? TimeSpan.FromSeconds(int.Parse(save.Value, CultureInfo.InvariantCulture))
                : EvictionNotice.Default,
        };
    }

    [GeneratedRegex("""
        ^((?<seats>[0-9]{1,4})|unlimited)\ sessions,\ (?<full>\w+),\ idle\ (?<idle>[0-9.:]+),\ lifetime\ (?<life>[0-9.:]+),
        \ (remembered\ (?<rememberedIdle>[0-9.:]+)\ and\ (?<rememberedLife>[0-9.:]+)|not\ remembered)(?<factor>,\ second\ factor\ required)?
        (,\ (?<save>[0-9]{1,3})\ s\ to\ save)?(,\ on\ unusual\ sign-ins\ [\w ,]+)?$
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Told();
}
