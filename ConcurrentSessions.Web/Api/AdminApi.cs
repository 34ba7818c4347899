using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConcurrentSessions.Web.Api;

/// <summary>The administrator's panel, for programs. Auditors may read; whatever changes something asks for an administrator.</summary>
internal static class AdminApi
{
    public static void MapAdminApi(this RouteGroupBuilder admin)
    {
        admin.MapGet("/sessions", SessionsAsync).WithName("ListAllSessions")
            .WithSummary("Everybody's active sessions, the latest started first").ProducesProblem(StatusCodes.Status400BadRequest);
        admin.MapDelete("/sessions/{id}", EndSessionAsync).WithName("EndAnySession").WithSummary("Ends one session of anybody").RequireAuthorization(Policies.Administer)
            .ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapDelete("/users/{id}/sessions", EndUserSessionsAsync).WithName("EndUserSessions")
            .WithSummary("Ends all sessions of a user, and every sign-in under way").RequireAuthorization(Policies.Administer)
           .ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapAuditApi();
        admin.MapRolePolicyApi();
    }

    private static async Task<Results<Ok<Page<UserSessionJson>>, ProblemHttpResult>> SessionsAsync(
        HttpContext http, SessionDirectory sessions, string? cursor, string? limit, string? user, CancellationToken ct)
    {
        if (PageQuery.Read(limit, out var most) is { } problem)
        {
            return ApiAnswers.BadRequest(problem);
        }

        SessionId? before = SessionId.TryParse(cursor, null, out var last) ? last : null;
        if (before is null && !string.IsNullOrEmpty(cursor))
        {
            return ApiAnswers.BadRequest(PageQuery.BadCursor);
        }

        var page = await sessions.ReadAsync(string.IsNullOrEmpty(user) ? null : user, before, most, ct);
        return TypedResults.Ok(new Page<UserSessionJson>(
            [.. page.Sessions.Select(s => UserSessionJson.Of(s, http.User.Session))], page.Next?.ToString()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndSessionAsync(
        string id, HttpContext http, SessionList sessions, UserAdministration administration, CancellationToken ct)
    {
        if (!SessionId.TryParse(id, null, out var session) || await sessions.FindAsync(session, ct) is not { EndedAt: null } found)
        {
            return ApiAnswers.NotFound("There is no such active session.");
        }

        var result = await administration.EndSessionAsync(found.UserId, session, http.Caller(), ct);
        return result.Problem is null ? TypedResults.NoContent() : Refused(result);
    }

    private static async Task<Results<Ok<EndedJson>, ProblemHttpResult>> EndUserSessionsAsync(
        string id, HttpContext http, UserDirectory users, UserAdministration administration, CancellationToken ct)
    {
        if (await users.FindAsync(id, ct) is null)
        {
            return ApiAnswers.NotFound("There is no such user.");
        }

        var (result, ended) = await administration.EndAllSessionsAsync(id, http.Caller(), ct);
        return result.Problem is null ? TypedResults.Ok(new EndedJson(ended)) : Refused(result);
    }

    /// <summary>An administrator who is none any more is refused; what the portal's state does not allow is a conflict.</summary>
    internal static ProblemHttpResult Refused(AdministrationResult result) => result == AdministrationResult.ProveFirst ? ApiAnswers.StaleProof() : ApiAnswers.Problem(
        result.Problem!, result == AdministrationResult.LastAdministrator ? StatusCodes.Status409Conflict : StatusCodes.Status403Forbidden);
}
