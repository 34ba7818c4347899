using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A code of the authenticator app opens one session, once, ever.</summary>
[Trait("Check", "S13")]
public sealed class AuthenticatorCodeTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync(Ada);
        (key, _) = await portal.EnrolAsync(ada);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public async Task The_codes_of_the_current_step_and_the_one_before_open_a_session_and_no_others(int steps, bool opens)
    {
        Assert.Equal(opens, await SignsInAsync(portal.CodeOf(key, steps)));
    }

    [Fact]
    [Trait("Check", "M11")]
    public async Task A_code_opens_no_second_session_and_says_why()
    {
        var code = portal.CodeOf(key);
        Assert.True(await SignsInAsync(code));
        using var again = portal.NewVisitor();
        await again.SignInAsync(Ada);
        using var refused = await again.EnterCodeAsync(code);
        Assert.Contains("used before", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await again.IsSignedInAsync());
    }

    [Fact]
    public async Task After_a_code_the_one_before_it_is_refused_and_the_next_one_is_taken()
    {
        Assert.True(await SignsInAsync(portal.CodeOf(key)));
        Assert.False(await SignsInAsync(portal.CodeOf(key, steps: -1)));
        portal.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await SignsInAsync(portal.CodeOf(key)));
    }

    [Fact]
    [Trait("Check", "S52")]
    public async Task A_clock_that_is_set_back_revives_no_code()
    {
        var (before, used) = (portal.CodeOf(key, steps: -240), portal.CodeOf(key));
        Assert.True(await SignsInAsync(used));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddHours(-2));
        Assert.Equal(before, portal.CodeOf(key));
        Assert.False(await SignsInAsync(before));
        Assert.False(await SignsInAsync(used));
    }

    [Fact]
    public async Task Of_twenty_that_bring_the_same_code_at_once_one_is_signed_in()
    {
        var visitors = new List<(Visitor Visitor, (string, string)[] Form)>();
        for (var i = 0; i < 20; i++)
        {
            var visitor = portal.NewVisitor($"198.51.{i}.7");
            await visitor.SignInAsync(Ada);
            visitors.Add((visitor, await visitor.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa")));
        }

        var code = portal.CodeOf(key);
        var answers = await SecondFactor.PostAtOnceAsync("/Account/LoginWith2fa", visitors, _ => ("Input.TwoFactorCode", code));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Single(await portal.ActiveSessionsAsync(Ada));
        visitors.ForEach(v => v.Visitor.Dispose());
    }

    [Fact]
    public async Task A_code_that_turned_the_second_factor_on_signs_nobody_in()
    {
        var grace = await portal.AddUserAsync("grace@portal.example");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(grace.Email!);
        using var page = await laptop.GetAsync("/Account/Manage/EnableAuthenticator");
        var shown = (await portal.AsIdentityAsync(async users => await users.GetAuthenticatorKeyAsync((await users.FindByIdAsync(grace.Id))!)))!;
        var code = portal.CodeOf(shown);
        using var on = await laptop.SubmitAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator", ("Input.Code", code));
        Assert.Contains("Recovery codes", await on.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var thief = portal.NewVisitor();
        await thief.SignInAsync(grace.Email!);
        await thief.EnterCodeAsync(code);
        Assert.False(await thief.IsSignedInAsync());
    }

    [Fact]
    public async Task Saving_an_account_read_before_a_code_was_used_does_not_bring_the_code_back()
    {
        var code = portal.CodeOf(key);
        await portal.AsIdentityAsync(async users =>
        {
            var stale = (await users.FindByIdAsync(ada.Id))!;
            Assert.True(await SignsInAsync(code));
            return await users.SetPhoneNumberAsync(stale, "+49 30 1234567");
        });
        Assert.False(await SignsInAsync(code));
    }

    private async Task<bool> SignsInAsync(string code)
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(Ada);
        await visitor.EnterCodeAsync(code);
        return await visitor.IsSignedInAsync();
    }
}
