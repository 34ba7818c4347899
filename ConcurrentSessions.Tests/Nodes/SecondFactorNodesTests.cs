using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>What guards the second factor is shared: a second node is no second try.</summary>
public sealed class SecondFactorNodesTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly TwoNodes nodes = new();
    private PortalUser ada = null!;
    private string key = "";
    private string[] codes = [];

    private PortalFactory One => nodes.One;

    private PortalFactory Two => nodes.Two;

    public async ValueTask InitializeAsync()
    {
        ada = await One.AddUserAsync(Ada);
        (key, codes) = await One.EnrolAsync(ada);
        await One.ForgetMailsAsync();
    }

    public ValueTask DisposeAsync() => nodes.DisposeAsync();

    [Theory]
    [Trait("Check", "S12")]
    [InlineData("password reset")]
    [InlineData("disabled")]
    [InlineData("signed out everywhere")]
    public async Task A_half_finished_sign_in_that_was_ended_on_one_node_is_not_finished_on_the_other(string change)
    {
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        await here.SignInAsync(Ada);
        var form = await there.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa");
        await ChangeAsync(change);
        using var answer = await there.PostAsync("/Account/LoginWith2fa", [.. form, ("Input.TwoFactorCode", One.CodeOf(key))]);
        Assert.Equal("/Account/Login", answer.Headers.Location!.PathAndQuery());
        Assert.Empty(await One.ActiveSessionsAsync(Ada));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task Wrong_codes_count_wherever_they_are_entered()
    {
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        await here.SignInAsync(Ada);
        for (var i = 0; i < 5; i++)
        {
            await (i % 2 == 0 ? here : there).EnterCodeAsync("wrong!");
        }

        using var page = await there.GetAsync("/Account/LoginWith2fa");
        Assert.Equal("/Account/Login", page.Headers.Location!.PathAndQuery());
        Assert.Single(await One.AuditAsync(AuditNames.SecondFactorSpent));
        Assert.Single(await One.MailsAsync());
    }

    [Fact]
    [Trait("Check", "S13")]
    public async Task A_code_that_is_brought_to_both_nodes_at_once_signs_one_in()
    {
        var code = One.CodeOf(key);
        Assert.Equal(1, await SignedInAtOnceAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", code)));
        Assert.Single(await One.ActiveSessionsAsync(Ada));
    }

    [Fact]
    [Trait("Check", "S14")]
    public async Task A_recovery_code_that_is_brought_to_both_nodes_at_once_signs_one_in()
    {
        Assert.Equal(1, await SignedInAtOnceAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", codes[0])));
        Assert.Single(await One.ActiveSessionsAsync(Ada));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task A_requirement_switched_on_at_one_node_holds_on_the_other_within_moments()
    {
        await One.AddUserAsync("grace@portal.example");
        using var there = Two.NewVisitor();
        await there.SignInAsync("grace@portal.example");
        Assert.True(await there.IsSignedInAsync());
        await One.RequireSecondFactorAsync(Roles.User);
        await Two.UntilAsync(async () => !await there.IsSignedInAsync());
        await One.ByHandAsync("UPDATE \"RoleLimits\" SET \"SecondFactorRequired\" = false");
        await Two.UntilAsync(there.IsSignedInAsync);
    }

    private async Task<int> SignedInAtOnceAsync(string path, string handler, (string Name, string Value) field)
    {
        var visitors = new List<(Visitor Visitor, (string, string)[] Form)>();
        for (var i = 0; i < 20; i++)
        {
            var visitor = (i % 2 == 0 ? One : Two).NewVisitor($"198.51.{i}.7");
            await visitor.SignInAsync(Ada);
            visitors.Add((visitor, await visitor.OpenFormAsync(path, handler)));
        }

        var answers = await SecondFactor.PostAtOnceAsync(path, visitors, _ => field);
        visitors.ForEach(v => v.Visitor.Dispose());
        return answers.Count(a => a.StatusCode == HttpStatusCode.Found);
    }

    private async Task ChangeAsync(string change)
    {
        switch (change)
        {
            case "disabled":
                await One.Services.GetRequiredService<UserAdministration>().DisableAsync(ada.Id, Actor.Operator, default);
                break;
            case "signed out everywhere":
                await One.Services.GetRequiredService<SessionEnder>().EndAllAsync(ada.Id, EndReason.Revoked, Actor.Operator, default);
                break;
            default:
                await One.AsIdentityAsync(async users =>
                {
                    var user = (await users.FindByIdAsync(ada.Id))!;
                    return await users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), "another long password");
                });
                break;
        }
    }
}
