using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ConcurrentSessions.Web.Data;

/// <summary>The portal's database. It holds no sets of the slices: each slice maps its own tables and adds its own <c>db.X</c>.</summary>
public abstract class PortalDbContext(DbContextOptions options)
    : IdentityDbContext<PortalUser, IdentityRole, string>(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Identity writes whole rows; what it must never write back is changed by statements of its own.
        builder.Entity<PortalUser>().Property(u => u.FirstSignedInAt).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);
    }
}
