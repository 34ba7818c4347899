using System.Data.Common;
using System.Runtime.ExceptionServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// The application scheme: a cookie that holds a key, a row that decides. Behaves as readers of the framework's cookie
/// handler expect, but nothing can be signed in without a row, and no cookie outlives it.
/// </summary>
public sealed class SessionAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    SignedInSessions sessions, SessionActivity activity, SessionEnder ender, RefusalTrail refusals, TimeProvider clock)
    : SignInAuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Names the session in a ticket's properties: a sign-in that carries it refreshes the session instead of opening one.</summary>
    internal const string SessionItem = ".sid";

    /// <summary>Carries the session just opened, from the choke point to the cookie.</summary>
    internal const string OpenedParameter = "opened";

    private static readonly AuthenticateResult Ended = AuthenticateResult.Fail("The session has ended or never was.");

    private DbException? unreachable;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            || KeyHash.FromCookie(Request.Cookies[BrowserCookies.Session]) is not { } key)
        {
            return AuthenticateResult.NoResult();
        }

        try
        {
            if (await sessions.FindAsync(key, Context.RequestAborted) is not { } found)
            {
                return Ended;
            }

            activity.Note(found.LastSeen, clock.GetUtcNow());
            Context.Features.Set(found);
            return AuthenticateResult.Success(new(found.Principal, Properties(found), Scheme.Name));
        }
        catch (DbException failure)
        {
            Logger.LogError(failure, "The session store cannot be reached: nobody is signed in");
            unreachable = failure;
            return AuthenticateResult.Fail("The session store cannot be reached.");
        }
    }

    protected override Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        if (properties?.GetParameter<SignInOutcome.Started>(OpenedParameter) is { } opened)
        {
            Response.WriteSession(opened.Key, opened.Session);
            Response.WriteDevice(opened.DeviceKey, clock.GetUtcNow());
            Response.Forget(BrowserCookies.Pending);
        }
        else if (properties?.GetString(SessionItem) is null)
        {
            throw new InvalidOperationException("A sign-in must pass through PortalSignInManager, which opens its session.");
        }

        return Task.CompletedTask;
    }

    protected override async Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        if (KeyHash.FromCookie(Request.Cookies[BrowserCookies.Session]) is { } key && await sessions.FindAsync(key, CancellationToken.None) is { } found)
        {
            var by = found.Principal.ToActor(ClientReader.Address(Context)?.ToString(), ClientReader.Browser(Context));
            await ender.EndOneAsync(found.UserId, found.Id, EndReason.SignedOut, by, CancellationToken.None);
        }

        Response.Forget(BrowserCookies.Session);
        Response.ForgetPages();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Who cannot be looked up is not sent to sign in again: their session may be alive and well (fails closed, says so).
        if (unreachable is not null)
        {
            ExceptionDispatchInfo.Throw(unreachable);
        }

        if (IsApi)
        {
            return Problem(StatusCodes.Status401Unauthorized, "Sign in first.");
        }

        var back = properties.RedirectUri ?? (HttpMethods.IsGet(Request.Method) ? Request.PathBase + Request.Path + Request.QueryString : "/");
        Response.Redirect(Request.PathBase + "/Account/Login" + QueryString.Create("ReturnUrl", back));
        return Task.CompletedTask;
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<FreshProofAttribute>() is { } asked && !Context.User.HasFreshProof(clock.GetUtcNow()))
        {
            await AskForProofAsync(asked);
            return;
        }

        await refusals.NoteAsync(Context, AuditNames.AccessRefused, "not allowed by the roles");
        if (IsApi)
        {
            await Problem(StatusCodes.Status403Forbidden, "Your roles do not allow this.");
        }
        else
        {
            Response.Redirect(Request.PathBase + "/Account/AccessDenied");
        }
    }

    private Task AskForProofAsync(FreshProofAttribute asked)
    {
        if (IsApi)
        {
            return TypedResults.Problem(
                FreshProofAttribute.Sentence, statusCode: StatusCodes.Status403Forbidden, title: "A fresh proof of identity is required",
                type: FreshProofAttribute.ProblemType).ExecuteAsync(Context);
        }

        var back = asked.Page ?? Request.PathBase + Request.Path + (HttpMethods.IsGet(Request.Method) ? Request.QueryString : QueryString.Empty);
        Response.Redirect(Request.PathBase + "/Account/Reauthenticate" + QueryString.Create("ReturnUrl", back));
        return Task.CompletedTask;
    }

    private bool IsApi => Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private Task Problem(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(Context);

    // Made for every request: only what somebody reads. A socket closes with its session; nothing else asks for the time.
    private AuthenticationProperties Properties(SignedIn session) => new(new Dictionary<string, string?>(1)
    {
        [SessionItem] = session.Id.ToString(),
    })
    {
        ExpiresUtc = Request.Path.StartsWithSegments("/_blazor") ? session.LatestEnd : null,
    };
}
