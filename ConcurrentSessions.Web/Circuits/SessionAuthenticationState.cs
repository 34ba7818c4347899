using System.Data.Common;
using System.Security.Claims;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>
/// A circuit's user: revalidated every 5 seconds, should a signal get lost, and replaced at once when one arrives. While the
/// database is out of reach the page stays and <see cref="SessionCircuitHandler"/> lets nothing through.
/// </summary>
internal sealed class SessionAuthenticationState(ILoggerFactory loggerFactory, SignedInSessions sessions)
    : RevalidatingServerAuthenticationStateProvider(loggerFactory)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(5);

    public void Become(ClaimsPrincipal user) => SetAuthenticationState(Task.FromResult(new AuthenticationState(user)));

    public void BecomeNobody() => Become(new(new ClaimsIdentity()));

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return authenticationState.User.GetSessionId() is { } id && await sessions.FindAsync(id, cancellationToken) is { MustEnrol: false };
        }
        catch (DbException)
        {
            return true;
        }
    }
}
