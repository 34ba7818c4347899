using System.Globalization;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Users;

/// <summary>Which of everybody's sessions an administrator wants to see. Everything that is set must hold; nothing set is every active session.</summary>
public sealed record SessionFilter
{
    /// <summary>Part of the owner's address.</summary>
    public string? User { get; init; }

    /// <summary>A role the owner has now.</summary>
    public string? Role { get; init; }

    /// <summary>Part of "Lyon, Auvergne-Rhône-Alpes, France", or a country's code of two letters.</summary>
    public string? Place { get; init; }

    public NetworkFilter? Network { get; init; }

    public DeviceType? Type { get; init; }

    /// <summary>Part of "Firefox on Linux".</summary>
    public string? Browser { get; init; }

    public AuthenticationMethod? Method { get; init; }

    /// <summary>Signed in at least that long ago.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Not used for at least that long, as far as it is written down.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Sessions that have ended, instead of those that are active.</summary>
    public bool Ended { get; init; }

    /// <summary>Of those that have ended: why.</summary>
    public EndReason? Reason { get; init; }

    internal IQueryable<Session> Among(PortalDbContext db, DateTimeOffset now) => Narrow(db, now, Ended
        ? db.Sessions.Where(s => s.EndedAt != null)
        : db.Sessions.NotEnded().Where(s => s.IdleExpiresAt > now));

    /// <summary>Everything but the state.</summary>
    internal IQueryable<Session> Narrow(PortalDbContext db, DateTimeOffset now, IQueryable<Session> found)
    {
        found = NarrowToPeople(db, found);
        found = NarrowToDevices(found);
        if (Age is { } age)
        {
            var before = now - age;
            found = found.Where(s => s.StartedAt <= before);
        }

        if (Idle is { } idle)
        {
            var before = now - idle;
            found = found.Where(s => s.LastSeenAt <= before);
        }

        return Reason is { } reason ? found.Where(s => s.EndReason == reason) : found;
    }

    /// <summary>For the audit trail: "role Admin, idle for 01:00:00"; "every session" when nothing is set.</summary>
    public override string ToString()
    {
        (string Name, string? Value)[] said =
        [
            ("user", User), ("role", Role), ("place", Place), ("network", Network?.Text), ("device type", Type?.ToString()),
            ("browser", Browser), ("method", Method?.ToString()), ("signed in for", Age?.ToString("c", CultureInfo.InvariantCulture)),
            ("idle for", Idle?.ToString("c", CultureInfo.InvariantCulture)), ("ended", Ended ? Reason?.ToString() ?? "any reason" : null),
        ];
        var set = said.Where(s => s.Value is not null).Select(s => $"{s.Name} {s.Value}").ToList();
        return set.Count == 0 ? "every session" : string.Join(", ", set);
    }

#pragma warning disable CA1304, CA1311, CA1862 // the database compares, and has no cultures
    private IQueryable<Session> NarrowToPeople(PortalDbContext db, IQueryable<Session> found)
    {
        var (users, roles, memberships) = (db.Users, db.Roles, db.UserRoles);
        if (User is { } user)
        {
            var wanted = user.ToUpperInvariant();
            found = found.Where(s => users.Where(u => u.NormalizedEmail!.Contains(wanted)).Select(u => u.Id).Contains(s.UserId));
        }

        if (Role is { } role)
        {
            found = found.Where(s => memberships.Where(m => roles.Any(r => r.Id == m.RoleId && r.Name == role)).Select(m => m.UserId).Contains(s.UserId));
        }

        if (Place is { } place)
        {
            // SQLite knows capitals of ASCII only: other letters are found as they are written.
            var (wanted, code) = (place.ToUpperInvariant(), place.Length == 2 ? place.ToUpperInvariant() : null);
            found = found.Where(s => (code != null && s.Place.CountryCode == code)
                || (s.Place.City + ", " + s.Place.Region + ", " + s.Place.Country).Contains(place)
                || (s.Place.City + ", " + s.Place.Region + ", " + s.Place.Country).ToUpper().Contains(wanted));
        }

        return found;
    }

    private IQueryable<Session> NarrowToDevices(IQueryable<Session> found)
    {
        found = Network is { } network ? network.Narrow(found) : found;
        found = Type is { } type ? found.Where(s => s.Device.Type == type) : found;
        found = Method is { } method ? found.Where(s => s.Method == method) : found;
        if (Browser is { } browser)
        {
            var wanted = browser.ToUpperInvariant();
            found = found.Where(s => (s.Device.Browser + " on " + s.Device.System).ToUpper().Contains(wanted));
        }

        return found;
    }
#pragma warning restore CA1304, CA1311, CA1862
}
