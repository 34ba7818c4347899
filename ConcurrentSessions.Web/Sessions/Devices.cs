using System.Linq.Expressions;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The browsers a user has signed in with.</summary>
public sealed class Devices(IDbContextFactory<PortalDbContext> databases, SessionActivity activity, SessionEnder ender, ISessionSignal signal, TimeProvider clock)
{
    /// <summary>The id of the device that a browser's key stands for; null when this user has never signed in there.</summary>
    public async Task<Guid?> FindAsync(string userId, SessionKey key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = key.HashFor(userId);
        return await db.Devices.Where(d => d.UserId == userId && d.KeyHash == hash).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(ct);
    }

    /// <summary>A user's devices, the latest used first.</summary>
    public async Task<IReadOnlyList<DeviceView>> ListAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var sessions = db.Sessions;
        var rows = await db.Devices.AsNoTracking().Where(d => d.UserId == userId)
            .Select(d => new { Device = d, Last = sessions.Where(s => s.UserId == userId && s.DeviceId == d.Id).OrderByDescending(s => s.StartedAt).FirstOrDefault() })
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        return [.. rows
            .Select(r => DeviceView.Of(r.Device, r.Last is null ? null : activity.Recall(r.Last), now))
            .OrderByDescending(d => d.LastSeenAt).ThenBy(d => d.Id)];
    }

    /// <summary>
    /// Gives a device of this user a name that its next sign-ins keep. The session it comes from is looked at in the user's
    /// turn: a click that was under way when that session ended changes nothing.
    /// </summary>
    /// <returns>False when the user has no such device, or the actor's session has ended.</returns>
    public async Task<bool> RenameAsync(string userId, Guid deviceId, DeviceName name, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        if (await db.Devices.SingleOrDefaultAsync(d => d.Id == deviceId && d.UserId == userId, ct) is not { } device
            || !await db.MayStillActAsync(by, ct))
        {
            return false;
        }

        device.Rename(name);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, by, clock.GetUtcNow(), subject: userId, reason: name.Text));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.Updated));
        return true;
    }

    /// <summary>
    /// Forgets a device with its name, and ends its sessions; but not the one it is forgotten from. Its next sign-in is one of a
    /// new device, and is asked for the second factor.
    /// </summary>
    /// <returns>False when the user has no such device, or the actor's session has ended.</returns>
    public async Task<bool> ForgetAsync(string userId, Guid deviceId, Actor by, CancellationToken ct)
    {
        var forgotten = false;
        await ender.EndAsync(userId, EndReason.Revoked, by, async (db, sessions) =>
        {
            forgotten = await db.MayStillActAsync(by, ct) && await db.ForgetDevicesAsync(userId, d => d.Id == deviceId, by, clock.GetUtcNow(), ct) > 0;
            return forgotten ? [.. sessions.Where(s => s.DeviceId == deviceId && s.Id.Value != by.SessionId)] : [];
        }, ct);
        if (forgotten)
        {
            signal.Publish(new SessionChange(userId, null, SessionChangeKind.Updated));
        }

        return forgotten;
    }
}

/// <summary>A device as its owner sees it.</summary>
/// <param name="Name">The name its owner gave it, else <paramref name="Described"/>.</param>
/// <param name="Described">"Firefox on Linux".</param>
/// <param name="LastSeenAt">UTC; at least when it last signed in.</param>
/// <param name="IsSignedIn">Has an active session.</param>
public sealed record DeviceView(
    Guid Id, string Name, string Described, DeviceType Type, string? Model, Place Place, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, bool IsSignedIn)
{
    internal static DeviceView Of(Device device, Session? last, DateTimeOffset now)
    {
        var described = device.Description ?? last?.Device.Name ?? DeviceDescription.UnknownBrowser;
        return new(
            device.Id, device.GivenName ?? described, described, last?.Device.Type ?? DeviceType.Other, last?.Device.Model, last?.Place ?? Place.Unknown,
            device.FirstSeenAt, last?.LastSeenAt ?? device.LastSignedInAt ?? device.FirstSeenAt, last?.IsActive(now) ?? false);
    }
}

internal static class ForgottenDevices
{
    /// <summary>Inside the caller's turn; each is audited.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> ForgetDevicesAsync(
        this PortalDbContext db, string userId, Expression<Func<Device, bool>> which, Actor by, DateTimeOffset now, CancellationToken ct)
    {
        var devices = await db.Devices.Where(d => d.UserId == userId).Where(which).ToListAsync(ct);
        db.Devices.RemoveRange(devices);
        db.AuditEvents.AddRange(devices.Select(d => AuditEvent.Of(AuditNames.DeviceForgotten, by, now, subject: userId, reason: d.GivenName ?? d.Description)));
        return devices.Count;
    }
}
