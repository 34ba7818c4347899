using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Promises a mail, in the transaction that ends sessions, when an administrator ends them. What people end themselves they know.</summary>
public sealed class SessionEndedAlert(SignInLetters letters, TimeProvider clock) : ISessionEndObserver
{
    public async ValueTask SessionsEndedAsync(
        PortalDbContext db, string userId, IReadOnlyList<Session> ended, EndReason reason, Actor by, CancellationToken ct)
    {
        if (reason is EndReason.RevokedByAdministrator or EndReason.LimitLowered && by.UserId != userId)
        {
            await letters.EndedByAdministratorAsync(
                db, await db.UserAsync(userId, ct), ended, reason is EndReason.LimitLowered, clock.GetUtcNow(), ct);
        }
    }
}
