namespace ConcurrentSessions.Web.Data.Migrations.Postgres;

/// <summary>Which columns of a session every node hears about; also that it is kept, or is to make room.</summary>
internal static class SessionTriggers
{
    public const string WithKeptAndLeaving = """
        DROP TRIGGER portal_session_updated ON "Sessions";
        CREATE TRIGGER portal_session_updated
            AFTER UPDATE OF "KeyHash", "UserId", "SecurityStamp", "ProvedAt", "IdleTimeout", "ExpiresAt", "EndedAt", "IsKept", "LeavesAt" ON "Sessions"
            FOR EACH ROW WHEN (
                (OLD."KeyHash", OLD."UserId", OLD."SecurityStamp", OLD."ProvedAt", OLD."IdleTimeout", OLD."ExpiresAt", OLD."EndedAt", OLD."IsKept", OLD."LeavesAt")
                IS DISTINCT FROM
                (NEW."KeyHash", NEW."UserId", NEW."SecurityStamp", NEW."ProvedAt", NEW."IdleTimeout", NEW."ExpiresAt", NEW."EndedAt", NEW."IsKept", NEW."LeavesAt"))
            EXECUTE FUNCTION portal_session_changed();
        """;

    public const string Before = """
        DROP TRIGGER portal_session_updated ON "Sessions";
        CREATE TRIGGER portal_session_updated
            AFTER UPDATE OF "KeyHash", "UserId", "SecurityStamp", "ProvedAt", "IdleTimeout", "ExpiresAt", "EndedAt" ON "Sessions"
            FOR EACH ROW WHEN (
                (OLD."KeyHash", OLD."UserId", OLD."SecurityStamp", OLD."ProvedAt", OLD."IdleTimeout", OLD."ExpiresAt", OLD."EndedAt")
                IS DISTINCT FROM
                (NEW."KeyHash", NEW."UserId", NEW."SecurityStamp", NEW."ProvedAt", NEW."IdleTimeout", NEW."ExpiresAt", NEW."EndedAt"))
            EXECUTE FUNCTION portal_session_changed();
        """;
}
