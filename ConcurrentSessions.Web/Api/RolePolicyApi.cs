using System.Text.Json;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace ConcurrentSessions.Web.Api;

/// <summary>Limits and lifetimes of roles, for programs.</summary>
internal static class RolePolicyApi
{
    public static void MapRolePolicyApi(this RouteGroupBuilder admin)
    {
        admin.MapGet("/roles/{role}/policy", ReadAsync).WithName("GetRolePolicy").WithSummary("A role's limit and lifetimes")
            .ProducesProblem(StatusCodes.Status404NotFound);
        admin.MapPut("/roles/{role}/policy", ChangeAsync).WithName("ChangeRolePolicy").WithSummary("Changes a role's limit, lifetimes and whether it requires a second factor")
            .WithDescription("New lifetimes hold at once, for living sessions too; a lower limit as enforce says. A second factor, once required, is required of living sessions too.")
            .RequireAuthorization(Policies.Administer)
            .Accepts<RolePolicyChangeJson>("application/json")
            .WithMetadata(new BodyLimit(16 * 1024))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<RolePolicyJson>, ProblemHttpResult>> ReadAsync(string role, RoleLimits limits, CancellationToken ct) =>
        await FindAsync(limits, role, ct) is { } view ? TypedResults.Ok(RolePolicyJson.Of(view)) : NoSuchRole();

    private static async Task<Results<Ok<EndedJson>, ProblemHttpResult>> ChangeAsync(
        string role, HttpContext http, RoleLimits limits, UserAdministration administration, CancellationToken ct)
    {
        if (await FindAsync(limits, role, ct) is not { } view)
        {
            return NoSuchRole();
        }

        var (change, problem) = await ReadBodyAsync(http.Request, ct);
        if (change is null)
        {
            return problem!;
        }

        if (change.Read(view.Rules, out var rules, out var enforceNow) is { } sentence)
        {
            return ApiAnswers.BadRequest(sentence);
        }

        var (result, ended) = await administration.ChangeRoleAsync(view.Role, rules!, enforceNow, http.Caller(), ct);
        return result.Problem is null ? TypedResults.Ok(new EndedJson(ended)) : AdminApi.Refused(result);
    }

    // Read by hand: the framework's binding answers a malformed body without a sentence, and in Development by throwing.
    private static async Task<(RolePolicyChangeJson? Change, ProblemHttpResult? Problem)> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var change = await request.ReadFromJsonAsync<RolePolicyChangeJson>(ct);
            return change is null ? (null, ApiAnswers.BadRequest("The body must be a JSON object.")) : (change, null);
        }
        catch (JsonException malformed)
        {
            var where = malformed.Path is { Length: > 2 } path ? $" It cannot be read at {path[2..]}." : "";
            return (null, ApiAnswers.BadRequest("The body must be a JSON object with the role's rules." + where));
        }
        catch (InvalidOperationException)
        {
            return (null, ApiAnswers.Problem("The body must be JSON (Content-Type: application/json).", StatusCodes.Status415UnsupportedMediaType));
        }
        catch (BadHttpRequestException broken)
        {
            return (null, ApiAnswers.Problem("The body cannot be read.", broken.StatusCode));
        }
    }

    private static async Task<RoleLimitView?> FindAsync(RoleLimits limits, string role, CancellationToken ct) =>
        (await limits.ListAsync(ct)).FirstOrDefault(v => string.Equals(v.Role, role, StringComparison.OrdinalIgnoreCase));

    private static ProblemHttpResult NoSuchRole() => ApiAnswers.NotFound("There is no such role.");

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
