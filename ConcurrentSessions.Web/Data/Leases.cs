using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Data;

/// <summary>Work that one node at a time does, and until when it has said it will.</summary>
public sealed class Lease
{
    public required string Name { get; init; }

    /// <summary>The node's random name.</summary>
    public required Guid Holder { get; set; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Until { get; set; }
}

/// <summary>
/// Decides which node does what only one needs to do. Two may hold a lease for a moment when their clocks are apart: what it
/// guards must be right all the same, only dearer.
/// </summary>
public sealed class Leases(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>A lease that reaches further than the longest and this was taken by a clock that is wrong, and would keep the work from everybody.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(5);

    private readonly Guid me = Guid.NewGuid();

    /// <summary>Takes the lease, or makes one that is held last longer.</summary>
    /// <returns>False while another node has it.</returns>
    public async Task<bool> HoldAsync(string name, TimeSpan howLong, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync("lease " + name, ct);
        var now = clock.GetUtcNow();
        var lease = await db.Set<Lease>().SingleOrDefaultAsync(l => l.Name == name, ct);
        if (lease is null)
        {
            db.Add(new Lease { Name = name, Holder = me, Until = now + howLong });
        }
        else if (lease.Holder == me || lease.Until <= now || lease.Until > now + howLong + Apart)
        {
            (lease.Holder, lease.Until) = (me, now + howLong);
        }
        else
        {
            return false;
        }

        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return true;
    }

    /// <summary>Leaves it to the others at once, when this node stops.</summary>
    public async Task LeaveAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        await db.Set<Lease>().Where(l => l.Name == name && l.Holder == me).ExecuteUpdateAsync(set => set.SetProperty(l => l.Until, now), ct);
    }
}

public sealed class LeaseTable : IEntityTypeConfiguration<Lease>
{
    public void Configure(EntityTypeBuilder<Lease> builder)
    {
        builder.ToTable("Leases");
        builder.HasKey(l => l.Name);
        builder.Property(l => l.Name).HasMaxLength(64);
    }
}
