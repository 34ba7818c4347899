using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConcurrentSessions.Web.Alerts;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>
/// Everything the portal holds about a person, for them to keep (GDPR 15, 20). Secrets and their hashes are not in it, and of
/// other people neither who they are nor where they were when they did something to this account.
/// </summary>
public sealed class PersonalDataFile(UserManager<PortalUser> users, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public const string Name = "PersonalData.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is a file, in no page: names stay readable
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Reads it all and writes down that this was done.</summary>
    /// <returns>UTF-8; null when the account is gone.</returns>
    public async Task<byte[]?> WriteAsync(Actor by, CancellationToken ct)
    {
        if (await users.FindByIdAsync(by.UserId!) is not { } user)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var data = new
        {
            WrittenAt = clock.GetUtcNow(),
            Account = await AccountAsync(user),
            Devices = await DevicesAsync(db, user.Id, ct),
            Sessions = await SessionsAsync(db, user.Id, ct),
            KnownPlaces = await db.KnownLocations.Where(l => l.UserId == user.Id)
                .OrderBy(l => l.FirstSeenAt).Select(l => new { Place = l.PlaceKey, l.FirstSeenAt, l.UsualSince }).ToListAsync(ct),
            Mails = await db.Outbox.Where(m => m.SubjectUserId == user.Id)
                .OrderBy(m => m.CreatedAt).Select(m => new { m.Kind, m.To, m.Subject, m.CreatedAt, m.SentAt }).ToListAsync(ct),
            ReportedSignIns = await db.DisownedSignIns.Where(d => d.UserId == user.Id)
                .OrderBy(d => d.ReportedAt).Select(d => new { Session = d.SessionId.Value, d.ReportedAt, d.AllEndedAt, d.PasswordVoidAt }).ToListAsync(ct),
            AuditTrail = await TrailAsync(db, user.Id, ct),
        };
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.PersonalDataExported, by, clock.GetUtcNow(), subject: user.Id));
        await db.SaveChangesAsync(ct);
        return JsonSerializer.SerializeToUtf8Bytes(data, Readable);
    }

    private async Task<Dictionary<string, object?>> AccountAsync(PortalUser user)
    {
        var account = typeof(PortalUser).GetProperties()
            .Where(p => Attribute.IsDefined(p, typeof(PersonalDataAttribute)))
            .ToDictionary(p => p.Name, p => p.GetValue(user));
        account["Roles"] = await users.GetRolesAsync(user);
        account["Passkeys"] = (await users.GetPasskeysAsync(user)).Select(p => new { p.Name, p.CreatedAt });
        account["ExternalLogins"] = (await users.GetLoginsAsync(user)).Select(l => new { l.LoginProvider, l.ProviderKey, l.ProviderDisplayName });
        return account;
    }

    private static async Task<object> DevicesAsync(PortalDbContext db, string userId, CancellationToken ct) =>
        await db.Devices.Where(d => d.UserId == userId).OrderBy(d => d.FirstSeenAt)
            .Select(d => new { d.Id, d.GivenName, d.Description, d.FirstSeenAt, d.LastSignedInAt }).ToListAsync(ct);

    private static async Task<object> SessionsAsync(PortalDbContext db, string userId, CancellationToken ct)
    {
        var sessions = await db.Sessions.AsNoTracking().Of(userId).OrderBy(s => s.StartedAt).ToListAsync(ct);
        return sessions.Select(s => new
        {
            Id = s.Id.Value, s.DeviceId, s.Device, s.UserAgent, s.Place, IpAddress = s.IpAddress ?? s.IpNetwork, s.Method, s.Remembered, s.IsKept, s.PageUsedAt, s.RiskReasons, s.RiskResponse,
            s.StartedAt, s.LastSeenAt, s.EndedAt, s.EndReason, s.EndNote,
        });
    }

    private static async Task<object> TrailAsync(PortalDbContext db, string userId, CancellationToken ct)
    {
        var events = await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == userId || e.ActorId == userId)
            .OrderBy(e => e.Sequence).ToListAsync(ct);
        return events.Select(e => new
        {
            e.At, e.Name, e.Outcome, e.Reason, e.SessionId,
            By = e.ActorId is null ? $"{e.ActorKind}" : e.ActorId == userId ? "You" : "Somebody else",
            To = e.SubjectId is null ? null : e.SubjectId == userId ? "You" : "Somebody else",
            IpAddress = e.ActorId is null || e.ActorId == userId ? e.Origin : null,
        });
    }
}
