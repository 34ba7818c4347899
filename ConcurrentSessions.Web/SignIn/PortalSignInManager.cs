using System.Security.Claims;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Guessing;
using ConcurrentSessions.Web.SignIn.Passkeys;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// The choke point: every way to be signed in ends in <see cref="SignInWithClaimsAsync(PortalUser, AuthenticationProperties?, IEnumerable{Claim})"/>,
/// which opens exactly one session or refreshes the one that is there.
/// </summary>
public sealed partial class PortalSignInManager(
    UserManager<PortalUser> users, IHttpContextAccessor contexts, IUserClaimsPrincipalFactory<PortalUser> claims,
    IOptions<IdentityOptions> options, ILogger<SignInManager<PortalUser>> logger, IAuthenticationSchemeProvider schemes,
    IUserConfirmation<PortalUser> confirmation, SessionRegistry registry, RoleLimits limits, ClientReader client, SignInThrottle throttle,
    PendingFactors pendingFactors, SignInTrail trail, PasswordAttempts passwords, PasskeyUses passkeys, SignInRisk risk, Devices devices, SessionMetrics metrics, TimeProvider clock)
    : SignInManager<PortalUser>(users, contexts, claims, options, logger, schemes, confirmation)
{
    private AuthenticationMethod method = AuthenticationMethod.Link;
    private SignInRefused? refused;

    public override async Task<SignInResult> PasswordSignInAsync(string userName, string password, bool isPersistent, bool lockoutOnFailure)
    {
        method = AuthenticationMethod.Password;
        var user = await UserManager.FindByNameAsync(userName);
        var tried = await passwords.TryAsync(user, UserManager.NormalizeName(userName), password, "wrong password");
        if (tried is SignInRefused)
        {
            metrics.SignInThrottled(method);
            return tried;
        }

        if (!tried.Succeeded)
        {
            metrics.SignInFailed(method);
            return tried;
        }

        return await PreSignInCheck(user!) is { } no
            ? await NotAllowedAsync(user!, no)
            : await SignInOrTwoFactorAsync(user!, isPersistent);
    }

    /// <summary>By issuer and subject only; one factor, so the account's second is asked for as after a password (ASVS 6.8.1).</summary>
    public override async Task<SignInResult> ExternalLoginSignInAsync(string loginProvider, string providerKey, bool isPersistent, bool bypassTwoFactor)
    {
        method = AuthenticationMethod.External;
        if (await UserManager.FindByLoginAsync(loginProvider, providerKey) is not { } user)
        {
            return SignInResult.Failed;
        }

        return await PreSignInCheck(user) is { } no
            ? await NotAllowedAsync(user, no)
            : await SignInOrTwoFactorAsync(user, isPersistent, loginProvider, bypassTwoFactor);
    }

    public override async Task SignInWithClaimsAsync(
        PortalUser user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        var refresh = properties.GetString(SessionAuthenticationHandler.SessionItem) is { } session
            && session == Context.User.GetSessionId()?.ToString()
            && user.Id == Context.User.GetUserId();
        if (!refresh)
        {
            properties.Items.Remove(SessionAuthenticationHandler.SessionItem);
            if (!await OpenAsync(user, properties))
            {
                return;
            }
        }

        await SignInAsync(user, properties);
    }

    /// <summary>Goes on with the sign-in that waits for a seat, ending the sessions the person chose.</summary>
    public async Task<SignInResult> ResumeAsync(IReadOnlyCollection<SessionId> endFirst)
    {
        if (Context.Request.ReadKey(BrowserCookies.Pending) is not { } pending)
        {
            return SignInRefused.Overtaken;
        }

        using var span = PortalTelemetry.StartSpan("open session");
        var outcome = await registry.ResumeAsync(
            pending, client.Read(Context), Context.Request.ReadKey(BrowserCookies.Device),
            Context.Request.ReadKey(BrowserCookies.Session), endFirst, Context.RequestAborted);
        var properties = new AuthenticationProperties();
        if (!await AcceptAsync(outcome, properties))
        {
            return refused!;
        }

        var user = await UserManager.FindByIdAsync(((SignInOutcome.Started)outcome).Session.UserId);
        await SignInAsync(user!, properties);
        return SignInResult.Success;
    }

    protected override async Task<SignInResult> SignInOrTwoFactorAsync(
        PortalUser user, bool isPersistent, string? loginProvider = null, bool bypassTwoFactor = false) =>
        Refined(await base.SignInOrTwoFactorAsync(user, isPersistent, loginProvider, bypassTwoFactor));

    protected override async Task<SignInResult?> PreSignInCheck(PortalUser user) =>
        user.IsDisabled ? SignInResult.Failed : await base.PreSignInCheck(user);

    private async Task<SignInResult> NotAllowedAsync(PortalUser user, SignInResult no)
    {
        var why = user.IsDisabled ? "disabled" : no.IsLockedOut ? "locked" : "address not confirmed";
        await trail.FailedAsync(user, ClientReader.Address(Context), why);
        metrics.SignInNotAllowed(method);
        return no.IsNotAllowed ? no : SignInResult.Failed;
    }

    private async Task<bool> OpenAsync(PortalUser user, AuthenticationProperties properties)
    {
        using var span = PortalTelemetry.StartSpan("open session");
        var request = new SignInRequest(
            user.Id, user.Generation, method, client.Read(Context), properties.IsPersistent,
            Context.Request.ReadKey(BrowserCookies.Device), Context.Request.ReadKey(BrowserCookies.Session), []);
        return await AcceptAsync(await registry.OpenAsync(request, Context.RequestAborted), properties);
    }

    private async Task<bool> AcceptAsync(SignInOutcome outcome, AuthenticationProperties properties)
    {
        if (outcome is SignInOutcome.Started started)
        {
            await registry.LeaveAsync(Context.Request.ReadKey(BrowserCookies.Session), started.Session, Context.RequestAborted);
            properties.SetParameter(SessionAuthenticationHandler.OpenedParameter, started);
            return true;
        }

        if (outcome is SignInOutcome.Full { PendingKey: var choosing })
        {
            Context.Response.WritePending(choosing, clock.GetUtcNow());
        }
        else if (outcome is SignInOutcome.Waits { PendingKey: var waiting })
        {
            Context.Response.WritePending(waiting, clock.GetUtcNow());
        }

        refused = outcome switch
        {
            SignInOutcome.Full => SignInRefused.ChooseSession,
            SignInOutcome.Waits => SignInRefused.WaitForSeat,
            SignInOutcome.Refused => SignInRefused.LimitReached,
            _ => SignInRefused.Overtaken,
        };
        return false;
    }

    // The handler makes the principal from the row, at each request: Identity's, which costs four queries, would be thrown away.
    private async Task SignInAsync(PortalUser user, AuthenticationProperties properties)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, user.Id), new(ClaimTypes.Name, user.UserName ?? "")], AuthenticationScheme));
        await Context.SignInAsync(AuthenticationScheme, principal, properties);
        Context.User = principal;
    }

    private SignInResult Refined(SignInResult result) => result.Succeeded && refused is not null ? refused : result;
}
