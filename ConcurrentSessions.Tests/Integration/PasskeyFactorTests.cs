using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A passkey in the place of a code.</summary>
[Trait("Check", "S55")]
public sealed class PasskeyFactorTests : IAsyncLifetime
{
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
    public async Task After_the_password_a_passkey_is_as_good_as_a_code()
    {
        await desk.AddPasskeyAsync(key);
        var (code, _) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var (form, answer) = await AskSecondAsync(laptop);
        await laptop.PostAsync("/Account/LoginWith2fa", [.. form, ("Passkey.CredentialJson", answer)]);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Single(await portal.ActiveSessionsAsync(ada.Email!), s => s.Method is AuthenticationMethod.PasswordAndPasskey);
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        await AskSecondAsync(phone);
        await phone.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(code)));
        Assert.True(await phone.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task Asking_for_a_passkey_does_not_prolong_a_half_finished_sign_in()
    {
        await desk.AddPasskeyAsync(key);
        await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        portal.Clock.Advance(TimeSpan.FromMinutes(4));
        var (form, answer) = await AskSecondAsync(laptop);
        portal.Clock.Advance(TimeSpan.FromMinutes(2));
        await laptop.PostAsync("/Account/LoginWith2fa", [.. form, ("Passkey.CredentialJson", answer)]);
        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task Another_account_s_passkey_is_no_second_factor()
    {
        var grace = await portal.AddUserAsync("grace@portal.example");
        using var hers = portal.NewVisitor();
        using var herKey = new SoftwareKey();
        await hers.SignInAsync(grace.Email!);
        await hers.AddPasskeyAsync(herKey);
        await desk.AddPasskeyAsync(key);
        await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var (form, answer) = await laptop.AskAsync(herKey, "/Account/LoginWith2fa", "passkey-as-second-factor");
        await laptop.PostAsync("/Account/LoginWith2fa", [.. form, ("Passkey.CredentialJson", answer)]);
        Assert.False(await laptop.IsSignedInAsync());
    }

    private Task<((string, string)[] Form, string Answer)> AskSecondAsync(Visitor visitor) =>
        visitor.AskAsync(key, "/Account/LoginWith2fa", "passkey-as-second-factor", "/Account/PasskeySecondFactorOptions");
}
