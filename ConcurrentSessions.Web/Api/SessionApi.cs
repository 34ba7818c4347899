using System.Security.Claims;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Api;

/// <summary>What a signed-in user asks about, and does to, their own sessions.</summary>
internal static class SessionApi
{
    public static void MapSessionApi(this RouteGroupBuilder api)
    {
        api.MapGet("/session", Own).WithName("GetSession").WithSummary("The caller's own session")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        api.MapPost("/session/activity", NoteActivity).WithName("NoteActivity")
            .WithSummary("Tells that the person is there")
            .WithDescription("Every call with a session counts as activity; with page=live, also as the use of an open page that is warned before its session makes room.");
        api.MapGet("/sessions", ListAsync).WithName("ListSessions").WithSummary("The caller's active sessions, the latest used first");
        api.MapDelete("/sessions/{id}", EndOneAsync).WithName("EndSession").WithSummary("Ends one of the caller's sessions")
            .WithDescription($"Ending the current one signs out. For another, when the last proof of identity is older than 5 minutes: 403 with the problem type {ApiAnswers.FreshProofRequired}.")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapDelete("/sessions", EndOthersAsync).WithName("EndOtherSessions").WithSummary("Ends all of the caller's sessions but this one")
            .WithDescription($"When the last proof of identity is older than 5 minutes: 403 with the problem type {ApiAnswers.FreshProofRequired}.")
            .RequireAuthorization(new FreshProofAttribute()).ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static NoContent NoteActivity(string? page, HttpContext http, SessionActivity activity, TimeProvider clock)
    {
        if (page is "live")
        {
            activity.NotePage(http.Features.GetRequiredFeature<SignedIn>().LastSeen, clock.GetUtcNow());
        }

        return TypedResults.NoContent();
    }

    // What authentication has just found: no second look.
    private static Ok<OwnSessionJson> Own(HttpContext http)
    {
        var own = http.Features.GetRequiredFeature<SignedIn>();
        return TypedResults.Ok(new OwnSessionJson(
            own.Id.Value, new(own.UserId, own.Email), own.Roles,
            own.StartedAt.UtcDateTime, own.LastSeen.At.UtcDateTime, own.ExpiresAt.UtcDateTime, own.LatestEnd.UtcDateTime));
    }

    private static async Task<Ok<IReadOnlyList<SessionJson>>> ListAsync(ClaimsPrincipal caller, SessionList sessions, CancellationToken ct)
    {
        var active = await sessions.ActiveAsync(caller.Id, ct);
        return TypedResults.Ok<IReadOnlyList<SessionJson>>([.. active.Select(s => SessionJson.Of(s, caller.Session))]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndOneAsync(
        string id, HttpContext http, SessionEnder ender, SessionList sessions, RefusalTrail refusals, TimeProvider clock, CancellationToken ct)
    {
        var caller = http.User;
        if (!SessionId.TryParse(id, null, out var session))
        {
            return NoSuchSession();
        }

        if (session == caller.Session)
        {
            await http.SignOutAsync(IdentityConstants.ApplicationScheme);
            return TypedResults.NoContent();
        }

        // Signing oneself out here needs no proof, ending a session elsewhere does (ASVS 7.5.2).
        if (!caller.HasFreshProof(clock.GetUtcNow()))
        {
            return ApiAnswers.StaleProof();
        }

        if (await ender.EndOneAsync(caller.Id, session, EndReason.Revoked, http.Caller(), ct))
        {
            return TypedResults.NoContent();
        }

        if (await sessions.FindAsync(session, ct) is { } other && other.UserId != caller.Id)
        {
            await refusals.NoteAsync(http, AuditNames.ForeignObject, "somebody else's session");
        }

        return NoSuchSession();
    }

    private static async Task<Ok<EndedJson>> EndOthersAsync(
        HttpContext http, SessionEnder ender, CancellationToken ct)
    {
        return TypedResults.Ok(new EndedJson(
            await ender.EndOthersAsync(http.User.Id, http.User.Session, EndReason.Revoked, http.Caller(), ct)));
    }

    private static ProblemHttpResult NoSuchSession() => ApiAnswers.NotFound("You have no such session.");
}
