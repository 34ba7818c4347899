using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What happens to an account while somebody is signing in to it, or goes on and on changing it.</summary>
public sealed class SignInRaceTests
{
    [Fact]
    [Trait("Check", "S06")]
    public async Task A_sign_in_whose_password_was_right_loses_when_everything_is_signed_out_before_its_session_opens()
    {
        await using var portal = new InterruptedPortal();
        var ada = await portal.AddUserAsync("ada@portal.example");
        using var visitor = portal.NewVisitor();
        portal.BeforePasswordIsFoundRight = () => portal.Services.GetRequiredService<SessionEnder>()
            .EndAllAsync(ada.Id, EndReason.Revoked, Actor.Operator, default).GetAwaiter().GetResult();
        using var answer = await visitor.SignInAsync(ada.Email!);
        Assert.Contains("the account changed meanwhile", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await visitor.IsSignedInAsync());
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));

        portal.BeforePasswordIsFoundRight = () => { };
        await visitor.SignInAsync(ada.Email!);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S46")]
    public async Task Ten_changes_of_the_account_in_one_browser_leave_one_session_that_can_be_ended()
    {
        await using var portal = new PortalFactory();
        using var world = await ConsequenceWorld.MakeAsync(portal, "ada", withAddressLink: true);
        var id = await IdAsync(world.Here);
        var password = world.Password;
        for (var i = 0; i < 3; i++)
        {
            var next = $"long password number {i}";
            await world.Here.SubmitAsync("/Account/Manage/ChangePassword", "change-password",
                ("Input.OldPassword", password), ("Input.NewPassword", next), ("Input.ConfirmPassword", next));
            password = next;
            await world.Here.SubmitAsync("/Account/Manage", "profile", ("Input.PhoneNumber", $"+1 555 010{i}"));
        }

        await world.Here.SubmitAsync("/Account/Manage/GenerateRecoveryCodes", "generate-recovery-codes");
        await world.AddPasskeyAsync(world.Here);
        await world.Here.SubmitAsync("/Account/Manage/Disable2fa", "disable-2fa");
        Assert.True(await ConsequenceWorld.ConfirmAddressAsync(world.Here, await world.AskForAddressLinkAsync("moved@portal.example")));

        Assert.Equal(id, await IdAsync(world.Here));
        Assert.Equal(id, Assert.Single(await portal.ActiveSessionsAsync("moved@portal.example")).Id.ToString());
        Assert.Equal(10, (await portal.AuditAsync(AuditNames.CredentialsChanged)).Count(e => e.ActorSessionId?.ToString() == id));
        await portal.Services.GetRequiredService<SessionEnder>().EndAllAsync(world.User.Id, EndReason.Revoked, Actor.Operator, default);
        Assert.False(await world.Here.IsSignedInAsync());
    }

    private static async Task<string> IdAsync(Visitor visitor) => (await visitor.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString()!;

    private sealed class InterruptedPortal : PortalFactory
    {
        public Action BeforePasswordIsFoundRight { get; set; } = () => { };

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<PortalUser>>(
                s => new InterruptedHasher(s.GetRequiredService<IOptions<PasswordHasherOptions>>(), this))));
        }
    }

    // Between reading the account and knowing that the password is right, as long as hashing takes.
    private sealed class InterruptedHasher(IOptions<PasswordHasherOptions> options, InterruptedPortal portal) : PasswordHasher<PortalUser>(options)
    {
        public override PasswordVerificationResult VerifyHashedPassword(PortalUser user, string hashedPassword, string providedPassword)
        {
            portal.BeforePasswordIsFoundRight();
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
