using System.Net;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Adds rows to the transaction in which something happens with a user's second factor: saved with it, or not at all.</summary>
public interface ISecondFactorObserver
{
    /// <param name="db">The transaction's context; add to it, do not save.</param>
    /// <param name="left">How many codes are left unused.</param>
    void RecoveryCodeUsed(PortalDbContext db, PortalUser user, int left, IPAddress? from);

    /// <summary>Somebody knew the password and gave wrong codes, until there were no more tries or no more time (ASVS 6.3.5).</summary>
    /// <param name="db">The transaction's context; add to it, do not save.</param>
    /// <param name="wrong">How many codes were wrong; at least one.</param>
    void SecondFactorMissed(PortalDbContext db, PortalUser user, int wrong, IPAddress? from);
}
