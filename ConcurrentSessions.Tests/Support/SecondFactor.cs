using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The pages between a right password and a session, and the rule that makes everybody have a second factor.</summary>
public static class SecondFactor
{
    public static Task<HttpResponseMessage> EnterCodeAsync(this Visitor visitor, string code) =>
        visitor.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", code));

    public static Task<HttpResponseMessage> EnterRecoveryCodeAsync(this Visitor visitor, string code) =>
        visitor.SubmitAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", code));

    /// <summary>Posts the same to each of these browsers' pages at once.</summary>
    /// <param name="forms">As <see cref="Visitor.OpenFormAsync"/> gave them.</param>
    public static Task<HttpResponseMessage[]> PostAtOnceAsync(
        string path, IReadOnlyList<(Visitor Visitor, (string Name, string Value)[] Form)> forms, Func<int, (string Name, string Value)> field) =>
        Task.WhenAll(forms.Select((f, i) => Task.Run(() => f.Visitor.PostAsync(path, [.. f.Form, field(i)]))));

    /// <summary>A role's users must have a second factor from now on. In Development, where tests run, no role requires one.</summary>
    public static async Task RequireSecondFactorAsync(this PortalFactory portal, string role, bool required = true)
    {
        var limits = portal.Services.GetRequiredService<RoleLimits>();
        var rules = (await limits.ListAsync(default)).Single(r => r.Role == role).Rules;
        await limits.ChangeAsync(role, rules with { SecondFactorRequired = required }, enforceNow: false, Actor.Operator, default);
    }
}
