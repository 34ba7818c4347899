using System.Diagnostics;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>What follows an attempt to sign in: another page, or a sentence on the same one. The same for every factor.</summary>
public sealed record SignInNextStep
{
    private SignInNextStep()
    {
    }

    /// <summary>Where to go on; null when there is something to say instead.</summary>
    public string? Path { get; private init; }

    public string? Message { get; private init; }

    /// <summary>The password was right and the email address is not confirmed yet.</summary>
    public bool AwaitsConfirmation { get; private init; }

    /// <param name="result">What the sign-in manager answered.</param>
    /// <param name="returnUrl">Where the person wanted to go; looked at before it is used.</param>
    /// <param name="remember">Handed on to the second factor.</param>
    /// <param name="ifWrong">What to say when the factor was wrong, or nothing more may be said.</param>
    public static SignInNextStep After(SignInResult result, string? returnUrl, bool remember, string ifWrong) => result switch
    {
        { Succeeded: true } => GoTo(AccountRedirects.Local(returnUrl)),
        SignInRefused refused => After(refused, returnUrl),
        { RequiresTwoFactor: true } => GoTo("/Account/LoginWith2fa", ("ReturnUrl", returnUrl), ("RememberMe", remember ? "true" : "false")),
        { IsLockedOut: true } => GoTo("/Account/Lockout"),
        { IsNotAllowed: true } => Say("Confirm your email address first: open the link that we sent you.") with { AwaitsConfirmation = true },
        _ => Say(ifWrong),
    };

    private static SignInNextStep After(SignInRefused refused, string? returnUrl) => refused.Why switch
    {
        SignInRefusal.ChooseSession or SignInRefusal.WaitForSeat => GoTo("/Account/SessionLimit", ("ReturnUrl", returnUrl)),
        SignInRefusal.LimitReached =>
            Say("You are signed in on as many devices as your role allows. Sign out on one of them, then try again."),
        SignInRefusal.Overtaken => Say("This sign-in was stopped because the account changed meanwhile. Sign in again."),
        SignInRefusal.TooManyCodes => Say("Five codes were wrong, so this sign-in has ended. Sign in again."),
        SignInRefusal.Throttled => Say(TooMany(refused.RetryAfter)),
        var unknown => throw new UnreachableException($"{unknown}"),
    };

    private static string TooMany(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        var (number, unit) = seconds <= 90 ? (seconds, "second") : ((seconds + 59) / 60, "minute");
        return $"Too many attempts. Try again in {number} {unit}{(number is 1 ? "" : "s")}.";
    }

    private static SignInNextStep Say(string message) => new() { Message = message };

    private static SignInNextStep GoTo(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var builder = new QueryBuilder();
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                builder.Add(name, value);
            }
        }

        return new() { Path = path + builder.ToQueryString() };
    }
}
