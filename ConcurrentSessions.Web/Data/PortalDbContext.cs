using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ConcurrentSessions.Web.Data;

/// <summary>The portal's database. It holds no sets of the slices: each slice maps its own tables and adds its own <c>db.X</c>.</summary>
public abstract class PortalDbContext : IdentityDbContext<PortalUser, IdentityRole, string>, IDataProtectionKeyContext
{
    // A change that fails is given up whole, never saved in part: no savepoints, which are two round trips for each save.
    protected PortalDbContext(DbContextOptions options)
        : base(options) => Database.AutoSavepointsEnabled = false;

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// Waits until nobody else, on any node, holds what goes by this name, and holds it to the end of the transaction
    /// that must be open. Take a user before <see cref="Locks.Administrators"/>, and never two users: so nobody waits in a circle.
    /// </summary>
    /// <returns>What tells later whether this transaction was committed.</returns>
    internal abstract Task<TransactionMark> LockAsync(string what, CancellationToken ct);

    /// <summary>Does what several nodes must not do at once, on other contexts than this one. (On SQLite there is one node.)</summary>
    internal virtual Task AloneAsync(string what, Func<Task> work, CancellationToken ct) => work();

    /// <summary>Whether a transaction whose commit was not answered was committed all the same.</summary>
    internal abstract Task<bool> WasCommittedAsync(TransactionMark mark, CancellationToken ct);

    /// <summary>Whether a failure means that the connection or the server was lost, not that the work is wrong: it may be tried again.</summary>
    internal abstract bool MayPass(Exception failure);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Identity writes whole rows; what it must never write back is changed by statements of its own.
        builder.Entity<PortalUser>().Property(u => u.FirstSignedInAt).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.Entity<PortalUser>().Property(u => u.LastTotpStep).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);
    }
}

/// <summary>What a transaction is called by the server that ran it; zero where nobody needs to ask.</summary>
internal readonly record struct TransactionMark(ulong Id);
