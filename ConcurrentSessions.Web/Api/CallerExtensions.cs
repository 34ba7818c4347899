using System.Security.Claims;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Api;

/// <summary>Who calls, where authorization has already seen to it that somebody does.</summary>
internal static class CallerExtensions
{
    extension(ClaimsPrincipal caller)
    {
        public string Id => caller.GetUserId() ?? throw new InvalidOperationException("Nobody is signed in.");

        public SessionId Session => caller.GetSessionId() ?? throw new InvalidOperationException("Nobody is signed in.");
    }

    public static Actor Caller(this HttpContext http) => http.ToActor();
}
