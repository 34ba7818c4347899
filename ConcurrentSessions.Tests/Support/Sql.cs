using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Changes made behind the portal's back, as by somebody with a shell. Quoted names are understood by both databases.</summary>
public static class Sql
{
    public static Task<int> ByHandAsync(this PortalFactory portal, string sql) =>
        portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync(sql));
}
