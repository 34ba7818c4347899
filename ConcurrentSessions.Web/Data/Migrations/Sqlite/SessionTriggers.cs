namespace ConcurrentSessions.Web.Data.Migrations.Sqlite;

/// <summary>Which columns of a session every node hears about; also that it is kept, or is to make room.</summary>
internal static class SessionTriggers
{
    public const string WithKeptAndLeaving = """
        DROP TRIGGER Sessions_Updated;
        CREATE TRIGGER Sessions_Updated AFTER UPDATE OF KeyHash, UserId, SecurityStamp, ProvedAt, IdleTimeout, ExpiresAt, EndedAt, IsKept, LeavesAt ON Sessions
        WHEN (OLD.KeyHash, OLD.UserId, OLD.SecurityStamp, OLD.ProvedAt, OLD.IdleTimeout, OLD.ExpiresAt, OLD.EndedAt, OLD.IsKept, OLD.LeavesAt)
            IS NOT (NEW.KeyHash, NEW.UserId, NEW.SecurityStamp, NEW.ProvedAt, NEW.IdleTimeout, NEW.ExpiresAt, NEW.EndedAt, NEW.IsKept, NEW.LeavesAt) BEGIN
            INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NEW.Id, CASE WHEN OLD.EndedAt IS NULL AND NEW.EndedAt IS NOT NULL THEN 'Ended' ELSE 'Updated' END, CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
        END;
        """;

    public const string Before = """
        DROP TRIGGER Sessions_Updated;
        CREATE TRIGGER Sessions_Updated AFTER UPDATE OF KeyHash, UserId, SecurityStamp, ProvedAt, IdleTimeout, ExpiresAt, EndedAt ON Sessions
        WHEN (OLD.KeyHash, OLD.UserId, OLD.SecurityStamp, OLD.ProvedAt, OLD.IdleTimeout, OLD.ExpiresAt, OLD.EndedAt)
            IS NOT (NEW.KeyHash, NEW.UserId, NEW.SecurityStamp, NEW.ProvedAt, NEW.IdleTimeout, NEW.ExpiresAt, NEW.EndedAt) BEGIN
            INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NEW.Id, CASE WHEN OLD.EndedAt IS NULL AND NEW.EndedAt IS NOT NULL THEN 'Ended' ELSE 'Updated' END, CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
        END;
        """;
}
