using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

[Trait("Check", "S15")]
public sealed partial class GuessingTests : IAsyncLifetime
{
    private const string Wrong = "not the right password";

    private readonly HashingPortal portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Of_two_hundred_wrong_passwords_at_once_five_are_looked_at_and_no_more_than_ten_in_fifteen_minutes()
    {
        using var guesser = portal.NewVisitor("192.0.2.66");
        var form = await FormAsync(guesser, ada.Email!, Wrong);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => guesser.PostAsync("/Account/Login", form)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(5, portal.Hasher.Compared);
        Assert.Equal(5, (await portal.AuditAsync(AuditNames.SignInFailed)).Count);

        for (var seconds = 0; seconds < 15 * 60; seconds += 15)
        {
            using var answer = await guesser.PostAsync("/Account/Login", form);
            portal.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.InRange(portal.Hasher.Compared, 9, 10);
    }

    [Fact]
    public async Task The_owner_signs_in_on_a_device_the_account_knows_whatever_a_stranger_does()
    {
        using var owner = portal.NewVisitor("192.0.2.7");
        await owner.SignInAsync(ada.Email!);
        await owner.SignOutAsync();
        await GuessAsync("192.0.2.66", 8);
        await owner.SignInAsync(ada.Email!);
        Assert.True(await owner.IsSignedInAsync());
    }

    [Fact]
    public async Task A_device_the_account_knows_may_not_guess_without_end_either()
    {
        using var stolen = portal.NewVisitor();
        await stolen.SignInAsync(ada.Email!);
        await stolen.SignOutAsync();
        var compared = portal.Hasher.Compared;
        for (var i = 0; i < 12; i++)
        {
            using var elsewhere = new Visitor(portal, $"198.51.{i}.1", null, stolen.Cookies);
            using var answer = await elsewhere.SignInAsync(ada.Email!, Wrong);
        }

        Assert.Equal(5, portal.Hasher.Compared - compared);
    }

    [Fact]
    public async Task Guesses_from_many_networks_share_a_milder_counter()
    {
        for (var i = 0; i < 60; i++)
        {
            await GuessAsync($"10.0.{i}.1", 1);
        }

        Assert.Equal(50, portal.Hasher.Compared);
        using var newBrowser = portal.NewVisitor("198.51.100.4");
        using var refused = await newBrowser.SignInAsync(ada.Email!);
        Assert.Contains("Try again in 10 seconds.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        portal.Clock.Advance(TimeSpan.FromSeconds(10));
        await newBrowser.SignInAsync(ada.Email!);
        Assert.True(await newBrowser.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S48")]
    public async Task Counters_are_shared_by_nodes_and_outlive_them()
    {
        await GuessAsync("192.0.2.66", 3);
        await using var other = portal.AnotherNode();
        using var guesser = other.NewVisitor("192.0.2.67");
        foreach (var (password, said) in new[] { (Wrong, "is wrong"), (Wrong, "is wrong"), (PortalFactory.Password, "Try again in 30 seconds.") })
        {
            using var answer = await guesser.SignInAsync(ada.Email!, password);
            Assert.Contains(said, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Check", "S52")]
    public async Task A_clock_that_goes_back_neither_frees_nor_locks_out()
    {
        await GuessAsync("192.0.2.66", 5);
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddDays(-1));
        using var same = portal.NewVisitor("192.0.2.66");
        await same.SignInAsync(ada.Email!);
        Assert.False(await same.IsSignedInAsync());
        portal.Clock.Advance(TimeSpan.FromSeconds(30));
        await same.SignInAsync(ada.Email!);
        Assert.True(await same.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S02")]
    public async Task Right_passwords_are_not_counted_however_many_come_at_once()
    {
        var browsers = Enumerable.Range(0, 20).Select(_ => portal.NewVisitor()).ToList();
        await portal.LimitAsync(Roles.User, 30);
        await Task.WhenAll(browsers.Select(b => b.SignInAsync(ada.Email!)));
        Assert.Equal(20, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        browsers.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Codes_of_the_authenticator_recovery_codes_and_passwords_are_counted_apart()
    {
        var (_, codes) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        await GuessAsync("203.0.113.7", 4);
        for (var i = 0; i < 4; i++)
        {
            await laptop.SignInAsync(ada.Email!);
            await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", "000000"));
            await laptop.SubmitAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", "AAAAA-AAAAA"));
        }

        await laptop.SubmitAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", codes[0]));
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S26")]
    public async Task A_flood_of_refused_attempts_is_twenty_rows_and_then_one_a_minute()
    {
        await GuessAsync("192.0.2.66", 10);
        using var guesser = portal.NewVisitor("192.0.2.66");
        var form = await FormAsync(guesser, ada.Email!, Wrong);
        async Task<int> RowsAfterAsync(int attempts)
        {
            await Task.WhenAll(Enumerable.Range(0, attempts).Select(_ => guesser.PostAsync("/Account/Login", form)));
            return (await portal.AuditAsync(AuditNames.SignInThrottled)).Count;
        }

        Assert.Equal(5, await RowsAfterAsync(0));
        Assert.Equal(20, await RowsAfterAsync(60));
        portal.Clock.Advance(TimeSpan.FromSeconds(30));
        using var looked = await guesser.PostAsync("/Account/Login", form);
        Assert.Equal(20, await RowsAfterAsync(20));
        portal.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(21, await RowsAfterAsync(20));
    }

    [Fact]
    [Trait("Check", "S30")]
    public async Task A_name_without_an_account_is_slowed_down_with_the_same_words()
    {
        await portal.AddUserAsync("off@portal.example");
        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByNameAsync("off@portal.example"))!;
            user.Disable(portal.Clock.GetUtcNow());
            return await users.UpdateAsync(user);
        });
        var said = new List<string>();
        foreach (var name in new[] { ada.Email!, "off@portal.example", "nobody@portal.example" })
        {
            said.Add(string.Join('|', await GuessAsync("192.0.2.66", 7, name)));
        }

        Assert.Single(said.Distinct());
        Assert.EndsWith("Too many attempts. Try again in 30 seconds.", said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_asked_for_again_is_guarded_like_a_sign_in()
    {
        const string page = "/Account/Manage/ChangePassword", form = "change-password", field = "Input.OldPassword";
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        (string, string)[] rest = [("Input.NewPassword", "another long password"), ("Input.ConfirmPassword", "another long password")];
        for (var i = 0; i < 5; i++)
        {
            await laptop.SubmitAsync(page, form, [(field, Wrong), .. rest]);
        }

        using var refused = await laptop.SubmitAsync(page, form, [(field, PortalFactory.Password), .. rest]);
        Assert.Contains("Too many attempts", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(5, (await portal.AuditAsync(AuditNames.SignInFailed)).Count(e => e.Reason == "wrong password at a change of the account"));
        Assert.Single(await portal.AuditAsync(AuditNames.SignInThrottled));
        Assert.True(await laptop.IsSignedInAsync());
    }

    private async Task<List<string>> GuessAsync(string from, int times, string? name = null)
    {
        using var guesser = portal.NewVisitor(from);
        var said = new List<string>();
        for (var i = 0; i < times; i++)
        {
            using var answer = await guesser.SignInAsync(name ?? ada.Email!, Wrong);
            said.Add($"{(int)answer.StatusCode} {Problem().Match(await answer.Content.ReadAsStringAsync()).Groups["text"].Value}");
        }

        return said;
    }

    private static async Task<(string, string)[]> FormAsync(Visitor visitor, string email, string password) =>
        [.. await visitor.OpenFormAsync("/Account/Login", "login"), ("Input.Email", email), ("Input.Password", password)];

    [GeneratedRegex("notice-error.*?<(p|li)>(?<text>[^<]*)<", RegexOptions.Singleline)]
    private static partial Regex Problem();
}
