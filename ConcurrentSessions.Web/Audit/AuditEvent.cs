using System.Security.Cryptography;

namespace ConcurrentSessions.Web.Audit;

/// <summary>
/// One line of the trail: who did what to whom, from where, in which session, why and how it ended (ASVS 16.2.1). It never changes,
/// but what is personal in it can be erased: where it came from, and the words of its reason. Commitments stand for them in its
/// <see cref="Digest"/>, which the database chains to that of the event before it (<see cref="ChainLink"/>).
/// </summary>
public sealed class AuditEvent
{
    private AuditEvent()
    {
    }

    /// <summary>Its place in the order of writing; gaps are possible, going back is not.</summary>
    public long Sequence { get; private set; }

    /// <summary>UTC, to the microsecond.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>One of <see cref="AuditNames"/>.</summary>
    public required string Name { get; init; }

    public AuditOutcome Outcome { get; private init; }

    public ActorKind ActorKind { get; private init; }

    public string? ActorId { get; private init; }

    public Guid? ActorSessionId { get; private init; }

    /// <summary>Null when there was none, and once it is as old as <c>Privacy:IpAddressDays</c>: then <see cref="IpNetwork"/> is all that is left.</summary>
    public string? IpAddress { get; private init; }

    public string? IpNetwork { get; private init; }

    /// <summary>Erased together with the IP address.</summary>
    public string? UserAgent { get; private init; }

    /// <summary>Where it came from, as exactly as is still known.</summary>
    public string? Origin => IpAddress ?? IpNetwork;

    /// <summary>The user it was done to.</summary>
    public string? SubjectId { get; private init; }

    /// <summary>The session it was done to, by its public id; never a key.</summary>
    public Guid? SessionId { get; private init; }

    /// <summary>Why, in the portal's words: an end reason, a limit, "wrong password".</summary>
    public string? Reason { get; private init; }

    /// <summary>Erased with the IP address and the browser; null when there was neither.</summary>
    public byte[]? OriginSalt { get; private set; }

    public byte[]? OriginCommitment { get; private set; }

    /// <summary>Erased with the reason; null when there was none.</summary>
    public byte[]? ReasonSalt { get; private set; }

    public byte[]? ReasonCommitment { get; private set; }

    /// <summary>SHA-256 of all it says, of the commitments instead of what may be erased.</summary>
    public byte[] Digest { get; private set; } = [];

    public static AuditEvent Of(
        string name, Actor by, DateTimeOffset at, AuditOutcome outcome = AuditOutcome.Succeeded,
        string? subject = null, Guid? session = null, string? reason = null)
    {
        var happened = new AuditEvent
        {
            Name = name,
            At = Canonical.ToMicroseconds(at),
            Outcome = outcome,
            ActorKind = by.Kind,
            ActorId = by.UserId,
            ActorSessionId = by.SessionId,
            IpAddress = by.IpAddress,
            IpNetwork = Network.Of(by.IpAddress),
            UserAgent = by.UserAgent,
            SubjectId = subject,
            SessionId = session,
            Reason = reason,
        };
        happened.Seal();
        return happened;
    }

    /// <summary>Makes the digest. Once: when the event is made, or when the ledger takes up one that was written before there was a ledger.</summary>
    internal void Seal()
    {
        OriginSalt = IpAddress is null && UserAgent is null ? null : RandomNumberGenerator.GetBytes(Canonical.SaltLength);
        OriginCommitment = CommittedOrigin();
        ReasonSalt = Reason is null ? null : RandomNumberGenerator.GetBytes(Canonical.SaltLength);
        ReasonCommitment = CommittedReason();
        Digest = DigestNow();
    }

    /// <summary>Whether it still says what its digest was made of, or less: what was erased may be missing, nothing else.</summary>
    internal bool IsUntouched() =>
        Digest.AsSpan().SequenceEqual(DigestNow())
        && (OriginSalt is null ? IpAddress is null && UserAgent is null : Same(OriginCommitment, CommittedOrigin()))
        && (ReasonSalt is null ? Reason is null : Same(ReasonCommitment, CommittedReason()));

    private static bool Same(byte[]? left, byte[]? right) => left is not null && right is not null && left.AsSpan().SequenceEqual(right);

    private byte[]? CommittedOrigin() => OriginSalt is null ? null : Canonical.Commitment(OriginSalt, IpAddress, UserAgent);

    private byte[]? CommittedReason() => ReasonSalt is null ? null : Canonical.Commitment(ReasonSalt, Reason);

    private byte[] DigestNow() => SHA256.HashData(Canonical.Bytes(
        "audit-event-1", Canonical.Time(At), Name, $"{Outcome}", $"{ActorKind}", ActorId, ActorSessionId?.ToString(),
        IpNetwork, SubjectId, SessionId?.ToString(), Canonical.Hex(OriginCommitment), Canonical.Hex(ReasonCommitment)));
}

public enum AuditOutcome
{
    Succeeded,
    Refused,
    Failed,
}
