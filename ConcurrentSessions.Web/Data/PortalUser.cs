using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Data;

/// <summary>A person who can sign in: Identity's row with what the portal adds to it.</summary>
public sealed class PortalUser : IdentityUser
{
    /// <summary>When the account was made (UTC).</summary>
    [ProtectedPersonalData]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the account first opened a session (UTC); null until then. The one sign-in that is never called "new".</summary>
    public DateTimeOffset? FirstSignedInAt { get; private set; }

    /// <summary>The last time step (30 s since 1970) of which an authenticator code was accepted: only codes of later steps are (RFC 6238, 5.2).</summary>
    public long LastTotpStep { get; private set; }

    /// <summary>When an administrator disabled the account (UTC); null while it may sign in (ASVS 7.4.2).</summary>
    public DateTimeOffset? DisabledAt { get; private set; }

    /// <summary>Raised by "end everything" and by credential changes, so that a sign-in begun before them cannot finish after them.</summary>
    public int Generation { get; private set; }

    public bool IsDisabled => DisabledAt is not null;

    public void Disable(DateTimeOffset now)
    {
        DisabledAt ??= now;
        SecurityStamp = Guid.NewGuid().ToString(); // neither a mailed link nor a remembered factor survives until it is enabled
        StartNewGeneration();
    }

    public void Enable()
    {
        DisabledAt = null;
        ConcurrencyStamp = Guid.NewGuid().ToString();
    }

    /// <summary>Makes every sign-in that is under way now come to nothing.</summary>
    public void StartNewGeneration()
    {
        Generation++;

        // Identity writes whole rows: one read before this must not be written after it.
        ConcurrencyStamp = Guid.NewGuid().ToString();
    }
}
