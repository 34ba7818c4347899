using System.Text.Json;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConcurrentSessions.Web.Api;

/// <summary>What the calls of the API say when they do not say yes: problem details (RFC 9457), one sentence each.</summary>
internal static class ApiAnswers
{
    /// <summary>The last proof of identity is too old for this act: prove a factor again, then repeat the call.</summary>
    public const string FreshProofRequired = FreshProofAttribute.ProblemType;

    public static ProblemHttpResult BadRequest(string sentence) => Problem(sentence, StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NotFound(string sentence) => Problem(sentence, StatusCodes.Status404NotFound);

    public static ProblemHttpResult SignInFirst() => Problem("Sign in first.", StatusCodes.Status401Unauthorized);

    public static ProblemHttpResult StaleProof() => TypedResults.Problem(
        FreshProofAttribute.Sentence,
        statusCode: StatusCodes.Status403Forbidden, title: "A fresh proof of identity is required", type: FreshProofRequired);

    public static ProblemHttpResult Problem(string sentence, int status) => TypedResults.Problem(sentence, statusCode: status);

    /// <summary>The way the API writes the words of an enumeration: "revokedByAdministrator".</summary>
    public static string CamelCase<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
