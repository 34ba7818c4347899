using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.SignIn.Passkeys;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

[Trait("Check", "S55")]
public sealed class PasskeySignInTests : IAsyncLifetime
{
    private const string FactorCookie = "__Host-2fa";
    private const string List = "/Account/Manage/Passkeys";

    private readonly PortalFactory portal = new();
    private readonly SoftwareKey key = new();
    private PortalUser ada = null!;
    private Visitor desk = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        desk = portal.NewVisitor();
        await desk.SignInAsync(ada.Email!);
    }

    public ValueTask DisposeAsync()
    {
        desk.Dispose();
        key.Dispose();
        return portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task A_passkey_opens_one_session_and_is_two_factors()
    {
        await desk.AddPasskeyAsync(key);
        await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor("198.51.100.20");
        await laptop.SignInWithAsync(key);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Single(await portal.ActiveSessionsAsync(ada.Email!), s => s.Method is AuthenticationMethod.Passkey);
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task The_limit_holds_for_a_passkey()
    {
        await desk.AddPasskeyAsync(key);
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        using var laptop = portal.NewVisitor();
        var refused = await laptop.SignInWithAsync(key);
        Assert.Contains("as many devices as your role allows", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task A_key_that_did_not_verify_its_owner_is_not_taken()
    {
        await desk.AddPasskeyAsync(key);
        key.VerifiesOwner = false;
        using var laptop = portal.NewVisitor();
        var refused = await laptop.SignInWithAsync(key);
        Assert.Contains("This passkey was not accepted.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await laptop.IsSignedInAsync());
        using var other = new SoftwareKey { VerifiesOwner = false };
        await desk.AddPasskeyAsync(other);
        Assert.Single(await PasskeysAsync());
    }

    [Theory]
    [InlineData("https://portal.evil.example", null)]
    [InlineData("http://localhost:5081", null)]
    [InlineData("https://localhost", null)]
    [InlineData("http://localhost:5080", "evil.example")]
    public async Task An_answer_given_to_another_site_is_not_taken(string origin, string? relyingParty)
    {
        await desk.AddPasskeyAsync(key);
        (key.Origin, key.RelyingParty) = (origin, relyingParty);
        using var laptop = portal.NewVisitor();
        await laptop.SignInWithAsync(key);
        Assert.False(await laptop.IsSignedInAsync());
        using var other = new SoftwareKey { Origin = origin, RelyingParty = relyingParty };
        await desk.AddPasskeyAsync(other);
        Assert.Single(await PasskeysAsync());
    }

    [Fact]
    public async Task Of_many_browsers_that_bring_the_same_answer_at_once_one_is_signed_in()
    {
        await desk.AddPasskeyAsync(key);
        await portal.LimitAsync(Roles.User, 50);
        using var victim = portal.NewVisitor();
        var (_, answer) = await victim.AskAsync(key);
        var thieves = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var thief = portal.NewVisitor();
            var form = await thief.OpenFormAsync("/Account/Login", "login");
            thief.PlantCookie(FactorCookie, victim.Cookie(FactorCookie)!);
            return (Browser: thief, Form: form);
        }));
        await Task.WhenAll(thieves.Select(t => t.Browser.PostAsync("/Account/Login", [.. t.Form, ("Input.Passkey.CredentialJson", answer)])));
        var taken = await Task.WhenAll(thieves.Select(t => t.Browser.IsSignedInAsync()));
        Assert.Single(taken, signedIn => signedIn);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        Array.ForEach(thieves, t => t.Browser.Dispose());
    }

    // Beneath the page: there a second answer is stopped by the account's row as well, which the first has changed.
    [Fact]
    public async Task A_challenge_is_taken_by_one_of_many_who_bring_it_at_once()
    {
        await desk.AddPasskeyAsync(key);
        var uses = portal.Services.GetRequiredService<PasskeyUses>();
        var credential = Assert.Single(await PasskeysAsync()).CredentialId;
        for (var round = 0; round < 5; round++)
        {
            var challenge = Guid.NewGuid();
            var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => uses.TakeAsync(challenge, credential, default))));
            Assert.Single(taken, t => t);
            Assert.False(await uses.TakeAsync(challenge, credential, default));
        }

        Assert.False(await uses.TakeAsync(null, credential, default));
    }

    [Fact]
    public async Task A_copied_answer_with_a_copied_cookie_is_not_taken_again()
    {
        await desk.AddPasskeyAsync(key);
        using var laptop = portal.NewVisitor();
        using var thief = portal.NewVisitor();
        var stolen = await thief.OpenFormAsync("/Account/Login", "login");
        var (form, answer) = await laptop.AskAsync(key);
        thief.PlantCookie(FactorCookie, laptop.Cookie(FactorCookie)!);
        await laptop.PostAsync("/Account/Login", [.. form, ("Input.Passkey.CredentialJson", answer)]);
        await thief.PostAsync("/Account/Login", [.. stolen, ("Input.Passkey.CredentialJson", answer)]);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.False(await thief.IsSignedInAsync());
    }

    [Fact]
    public async Task A_challenge_is_forgotten_after_five_minutes()
    {
        await desk.AddPasskeyAsync(key);
        using var laptop = portal.NewVisitor();
        var (form, answer) = await laptop.AskAsync(key);
        portal.Clock.Advance(TimeSpan.FromMinutes(5.1));
        await laptop.PostAsync("/Account/Login", [.. form, ("Input.Passkey.CredentialJson", answer)]);
        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task A_removed_key_signs_nobody_in_and_ends_what_it_opened()
    {
        await desk.AddPasskeyAsync(key);
        using var laptop = portal.NewVisitor();
        await laptop.SignInWithAsync(key);
        var id = System.Buffers.Text.Base64Url.EncodeToString(Assert.Single(await PasskeysAsync()).CredentialId);
        await desk.SubmitAsync($"/Account/Manage/RemovePasskey/{id}", "remove-passkey", ("Input.Password", PortalFactory.Password));
        Assert.False(await laptop.IsSignedInAsync());
        await laptop.SignInWithAsync(key);
        Assert.False(await laptop.IsSignedInAsync());
        Assert.True(await desk.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S31")]
    public async Task Nobody_else_s_key_proves_who_one_is()
    {
        await desk.AddPasskeyAsync(key);
        var grace = await portal.AddUserAsync("grace@portal.example");
        using var other = portal.NewVisitor();
        using var hers = new SoftwareKey();
        await other.SignInAsync(grace.Email!);
        await other.AddPasskeyAsync(hers);
        Assert.False(await ProvesAsync(other, key));
        Assert.True(await ProvesAsync(other, hers));
    }

    [Fact]
    public async Task A_key_made_for_somebody_else_is_not_added()
    {
        var grace = await portal.AddUserAsync("grace@portal.example");
        using var other = portal.NewVisitor();
        await other.SignInAsync(grace.Email!);
        var theirs = await other.OpenFormAsync(List, "add-passkey");
        using var options = await other.PostAsync("/Account/PasskeyCreationOptions", [theirs[1]]);
        var answer = key.Create(await options.Content.ReadAsStringAsync());
        var form = await desk.OpenFormAsync(List, "add-passkey");
        desk.PlantCookie(FactorCookie, other.Cookie(FactorCookie)!);
        await desk.PostAsync(List, [.. form, ("Input.CredentialJson", answer)]);
        Assert.Empty(await PasskeysAsync());
    }

    [Fact]
    public async Task The_list_says_when_a_key_was_last_used()
    {
        await desk.AddPasskeyAsync(key);
        portal.Clock.Advance(TimeSpan.FromMinutes(20));
        using var laptop = portal.NewVisitor();
        await laptop.SignInWithAsync(key);
        using var page = await laptop.GetAsync(List);
        var today = portal.Clock.GetUtcNow().ToString("d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"last used {today}", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<IList<Microsoft.AspNetCore.Identity.UserPasskeyInfo>> PasskeysAsync() =>
        portal.AsIdentityAsync(async users => await users.GetPasskeysAsync((await users.FindByIdAsync(ada.Id))!));

    private static async Task<bool> ProvesAsync(Visitor visitor, SoftwareKey with)
    {
        const string page = "/Account/Reauthenticate";
        var before = visitor.Cookie(BrowserCookies.Session);
        var (form, answer) = await visitor.AskAsync(with, page, "reauthenticate", "/Account/PasskeyProofOptions");
        await visitor.PostAsync(page, [.. form, ("Input.Passkey.CredentialJson", answer)]);
        return visitor.Cookie(BrowserCookies.Session) != before;
    }
}
