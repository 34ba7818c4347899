namespace ConcurrentSessions.Web.SignIn;

/// <summary>On a page or an endpoint: open also to who must first set up a second factor.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenBeforeEnrolmentAttribute : Attribute;

/// <summary>
/// Who must set up a second factor reaches nothing else before (ASVS 6.3.3): pages lead to the one where it is set up, the API
/// and circuits refuse. What is open all the same says so with <see cref="OpenBeforeEnrolmentAttribute"/>; static files belong to nobody.
/// </summary>
public static class EnrolmentGate
{
    /// <summary>Where a second factor is chosen.</summary>
    public const string Page = "/Account/SecondFactor";

    /// <summary>The type of the API's problem (RFC 9457): set up a second factor in the portal first.</summary>
    public const string SecondFactorRequired = "/problems/second-factor-required";

    /// <summary>After authentication, before anything that a session opens.</summary>
    public static IApplicationBuilder UseEnrolmentGate(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Features.Get<SignedIn>() is { MustEnrol: true }
        && context.GetEndpoint()?.Metadata.GetMetadata<OpenBeforeEnrolmentAttribute>() is null
            ? RefuseAsync(context)
            : next(context));

    public static TBuilder OpenBeforeEnrolment<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenBeforeEnrolmentAttribute());

    private static Task RefuseAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            return TypedResults.Problem(
                "Your role requires a second factor. Set up an authenticator app or a passkey in the portal first.",
                statusCode: StatusCodes.Status403Forbidden, title: "A second factor is required", type: SecondFactorRequired).ExecuteAsync(context);
        }

        if (context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        context.Response.Redirect(context.Request.PathBase + Page);
        return Task.CompletedTask;
    }
}
