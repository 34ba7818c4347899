using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The tables of this slice and their named queries.</summary>
public sealed class SessionTable : IEntityTypeConfiguration<Session>
{
    private const string Living = "\"EndedAt\" IS NULL";

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("Sessions");
        builder.Property(s => s.Id).HasConversion(id => id.Value, value => new SessionId(value));
        builder.Property(s => s.EndedFrom).HasConversion(id => id!.Value.Value, value => new SessionId(value));
        builder.Property(s => s.KeyHash).HasMaxLength(32);
        builder.Property(s => s.UserId).HasMaxLength(64);
        builder.Property(s => s.EndedBy).HasMaxLength(64);
        builder.Property(s => s.SecurityStamp).HasMaxLength(64);
        builder.Property(s => s.Method).HasConversion<string>().HasMaxLength(32);
        builder.Property(s => s.EndReason).HasConversion<string>().HasMaxLength(32);
        builder.Property(s => s.RiskReasons).HasConversion<string>().HasMaxLength(128);
        builder.Property(s => s.RiskResponse).HasConversion<string>().HasMaxLength(32);
        builder.Property(s => s.EndNote).HasMaxLength(EndNote.Length);
        builder.Property(s => s.IpAddress).HasMaxLength(45);
        builder.Property(s => s.IpNetwork).HasMaxLength(45);
        builder.Property(s => s.UserAgent).HasMaxLength(ClientDescription.UserAgentLength);
        builder.ComplexProperty(s => s.Device, d =>
        {
            d.Property(x => x.Browser).HasMaxLength(DeviceDescription.NameLength);
            d.Property(x => x.System).HasMaxLength(DeviceDescription.NameLength);
            d.Property(x => x.Model).HasMaxLength(DeviceDescription.ModelLength);
            d.Property(x => x.Type).HasConversion<string>().HasMaxLength(16);
        });
        builder.ComplexProperty(s => s.Place, p =>
        {
            p.Property(x => x.CountryCode).HasMaxLength(2);
            p.Property(x => x.Country).HasMaxLength(100);
            p.Property(x => x.Region).HasMaxLength(100);
            p.Property(x => x.City).HasMaxLength(100);
            p.Property(x => x.TimeZone).HasMaxLength(64);
        });
        builder.HasIndex(s => s.KeyHash).IsUnique();
        builder.HasIndex(s => new { s.UserId, s.StartedAt });
        builder.HasIndex(s => s.EndedAt);

        // Sessions that live are few among those that ended; every hot query asks only for them.
        builder.HasIndex(s => s.UserId, "IX_Sessions_Living_UserId").HasFilter(Living);
        builder.HasIndex(s => s.Id, "IX_Sessions_Living_Id").HasFilter(Living);
        builder.HasIndex(s => s.IdleExpiresAt, "IX_Sessions_Living_IdleExpiresAt").HasFilter(Living);
        builder.HasIndex(s => new { s.LastSeenAt, s.Id }, "IX_Sessions_Living_LastSeenAt").HasFilter(Living);
    }
}

public sealed class DeviceTable : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.ToTable("Devices");
        builder.Property(d => d.UserId).HasMaxLength(64);
        builder.Property(d => d.KeyHash).HasMaxLength(32);
        builder.Property(d => d.GivenName).HasMaxLength(Device.NameLength);
        builder.Property(d => d.Description).HasMaxLength(Device.DescriptionLength);
        builder.HasIndex(d => new { d.UserId, d.KeyHash }).IsUnique();
    }
}

public sealed class PendingSignInTable : IEntityTypeConfiguration<PendingSignIn>
{
    public void Configure(EntityTypeBuilder<PendingSignIn> builder)
    {
        builder.ToTable("PendingSignIns");
        builder.HasKey(p => p.KeyHash);
        builder.Property(p => p.KeyHash).HasMaxLength(32);
        builder.Property(p => p.UserId).HasMaxLength(64);
        builder.Property(p => p.SecurityStamp).HasMaxLength(64);
        builder.Property(p => p.Method).HasConversion<string>().HasMaxLength(32);
        builder.HasIndex(p => p.ExpiresAt);
    }
}

public sealed class PendingFactorTable : IEntityTypeConfiguration<PendingFactor>
{
    public void Configure(EntityTypeBuilder<PendingFactor> builder)
    {
        builder.ToTable("PendingFactors");
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.UserId).HasMaxLength(64);
        builder.Property(p => p.SecurityStamp).HasMaxLength(64);
        builder.HasIndex(p => p.ExpiresAt);
    }
}

public sealed class RoleLimitTable : IEntityTypeConfiguration<RoleLimit>
{
    public void Configure(EntityTypeBuilder<RoleLimit> builder)
    {
        builder.ToTable("RoleLimits");
        builder.HasKey(l => l.Role);
        builder.Property(l => l.Role).HasMaxLength(256);
        builder.Property(l => l.WhenFull).HasConversion<string>().HasMaxLength(32);
        builder.Ignore(l => l.Rules);
        builder.Property(l => l.Responses).HasMaxLength(512).HasConversion(r => r!.Write(), written => RiskResponses.Read(written));
    }
}

public sealed class UserLimitTable : IEntityTypeConfiguration<UserLimit>
{
    public void Configure(EntityTypeBuilder<UserLimit> builder)
    {
        builder.ToTable("UserLimits");
        builder.HasKey(l => l.UserId);
        builder.Property(l => l.UserId).HasMaxLength(64);
    }
}

public static class SessionSets
{
    extension(PortalDbContext db)
    {
        public DbSet<Session> Sessions => db.Set<Session>();

        public DbSet<Device> Devices => db.Set<Device>();

        public DbSet<PendingSignIn> PendingSignIns => db.Set<PendingSignIn>();

        public DbSet<PendingFactor> PendingFactors => db.Set<PendingFactor>();

        public DbSet<RoleLimit> RoleLimits => db.Set<RoleLimit>();

        public DbSet<UserLimit> UserLimits => db.Set<UserLimit>();
    }

    /// <summary>Whether the session that an act comes from still lives: asked in the user's turn, before the act.</summary>
    public static async Task<bool> MayStillActAsync(this PortalDbContext db, Actor by, CancellationToken ct)
    {
        SessionId? from = by.SessionId is { } id ? new SessionId(id) : null;
        return from is null || await db.Sessions.NotEnded().AnyAsync(s => s.Id == from, ct);
    }

    /// <summary>Sessions that have not ended. Some may be over by time: ask <see cref="Session.IsActive"/>.</summary>
    public static IQueryable<Session> NotEnded(this IQueryable<Session> sessions) => sessions.Where(s => s.EndedAt == null);

    public static IQueryable<Session> Of(this IQueryable<Session> sessions, string userId) => sessions.Where(s => s.UserId == userId);
}
