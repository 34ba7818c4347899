namespace ConcurrentSessions.Web.Data.Migrations.Sqlite;

/// <summary>Chains audit events as they are written, in a transaction that is alone, and keeps them.</summary>
internal static class LedgerTriggers
{
    private const string Kept = "(SELECT coalesce(max(Number), 0) FROM AuditCheckpoints WHERE Kind = 'Retention')";
    private const string Refuse = "BEGIN SELECT RAISE(ABORT, 'audit events are insert-only'); END;";

    private const string Unchanged = """
        NEW.Sequence IS OLD.Sequence AND NEW.At IS OLD.At AND NEW.Name IS OLD.Name AND NEW.Outcome IS OLD.Outcome
        AND NEW.ActorKind IS OLD.ActorKind AND NEW.ActorId IS OLD.ActorId AND NEW.ActorSessionId IS OLD.ActorSessionId
        AND NEW.IpNetwork IS OLD.IpNetwork AND NEW.SubjectId IS OLD.SubjectId AND NEW.SessionId IS OLD.SessionId
        """;

    private const string SameOrigin = "NEW.IpAddress IS OLD.IpAddress AND NEW.UserAgent IS OLD.UserAgent";

    private const string Forgets = $"""
        {Unchanged} AND NEW.Digest IS OLD.Digest
        AND NEW.OriginCommitment IS OLD.OriginCommitment AND NEW.ReasonCommitment IS OLD.ReasonCommitment
        AND (({SameOrigin} AND NEW.OriginSalt IS OLD.OriginSalt) OR coalesce(NEW.IpAddress, NEW.UserAgent, NEW.OriginSalt) IS NULL)
        AND ((NEW.Reason IS OLD.Reason AND NEW.ReasonSalt IS OLD.ReasonSalt) OR coalesce(NEW.Reason, NEW.ReasonSalt) IS NULL)
        """;

    // Written before there was a ledger, and taken up by it now.
    private const string TakenUp = $"length(OLD.Digest) = 0 AND {Unchanged} AND {SameOrigin} AND NEW.Reason IS OLD.Reason";

    public const string Up = $"""
        CREATE TRIGGER AuditEvents_Chain AFTER INSERT ON AuditEvents BEGIN
            INSERT INTO AuditChain (Number, Event, Hash)
            SELECT coalesce(last.Number, 0) + 1, NEW.Sequence, {ChainStep.Name}(last.Hash, coalesce(last.Number, 0) + 1, NEW.Digest)
            FROM (SELECT 1) LEFT JOIN (SELECT Number, Hash FROM AuditChain ORDER BY Number DESC LIMIT 1) AS last;
        END;

        DROP TRIGGER AuditEvents_NoUpdate;
        CREATE TRIGGER AuditEvents_NoUpdate BEFORE UPDATE ON AuditEvents WHEN NOT (({Forgets}) OR ({TakenUp})) {Refuse}
        DROP TRIGGER AuditEvents_NoDelete;
        CREATE TRIGGER AuditEvents_NoDelete BEFORE DELETE ON AuditEvents
        WHEN coalesce((SELECT Number FROM AuditChain WHERE Event = OLD.Sequence) > {Kept}, 1) {Refuse}
        CREATE TRIGGER AuditChain_NoUpdate BEFORE UPDATE ON AuditChain {Refuse}
        CREATE TRIGGER AuditChain_NoDelete BEFORE DELETE ON AuditChain WHEN OLD.Number > {Kept} {Refuse}
        CREATE TRIGGER AuditCheckpoints_NoUpdate BEFORE UPDATE ON AuditCheckpoints {Refuse}
        CREATE TRIGGER AuditCheckpoints_NoDelete BEFORE DELETE ON AuditCheckpoints {Refuse}
        """;

    /// <summary>Before its tables and columns go: the table of events is made anew then, without any trigger.</summary>
    public const string Down = """
        DROP TRIGGER AuditEvents_Chain;
        DROP TRIGGER AuditEvents_NoUpdate;
        DROP TRIGGER AuditEvents_NoDelete;
        """;

    /// <summary>After they have gone.</summary>
    public const string Before = $"""
        CREATE TRIGGER AuditEvents_NoDelete BEFORE DELETE ON AuditEvents {Refuse}
        CREATE TRIGGER AuditEvents_NoUpdate BEFORE UPDATE ON AuditEvents
        WHEN NOT (OLD.IpAddress IS NOT NULL AND NEW.IpAddress IS NULL AND {Unchanged} AND NEW.Reason IS OLD.Reason) {Refuse}
        """;
}
