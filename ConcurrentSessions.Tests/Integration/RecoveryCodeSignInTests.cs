using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A recovery code opens one session, once; its owner hears of it; a copy of the database holds none.</summary>
[Trait("Check", "S14")]
public sealed class RecoveryCodeSignInTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private string[] codes = [];

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync(Ada);
        (_, codes) = await portal.EnrolAsync(ada);
        await portal.ForgetMailsAsync();
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Of_thirty_that_bring_the_same_code_at_once_one_is_signed_in_and_later_nobody()
    {
        var visitors = new List<(Visitor Visitor, (string, string)[] Form)>();
        for (var i = 0; i < 30; i++)
        {
            var visitor = portal.NewVisitor($"198.51.{i}.7");
            await visitor.SignInAsync(Ada);
            visitors.Add((visitor, await visitor.OpenFormAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code")));
        }

        var answers = await SecondFactor.PostAtOnceAsync("/Account/LoginWithRecoveryCode", visitors, _ => ("Input.RecoveryCode", codes[0]));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Single(await portal.ActiveSessionsAsync(Ada));
        visitors.ForEach(v => v.Visitor.Dispose());

        using var late = portal.NewVisitor();
        await late.SignInAsync(Ada);
        await late.EnterRecoveryCodeAsync(codes[0]);
        Assert.False(await late.IsSignedInAsync());
        Assert.Equal(9, await portal.InDatabaseAsync(db => db.RecoveryCodes.CountAsync(c => c.UserId == ada.Id)));
    }

    [Fact]
    [Trait("Check", "M12")]
    public async Task No_code_can_be_read_in_the_database()
    {
        var kept = portal.Database.ReadEverything();
        Assert.Contains(Ada, kept, StringComparison.Ordinal);
        Assert.All(codes.SelectMany(c => new[] { c, c.Replace("-", "", StringComparison.Ordinal) }),
            code => Assert.DoesNotContain(code, kept, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_use_of_a_code_is_audited_and_its_owner_gets_a_mail()
    {
        using var phone = portal.NewVisitor("198.51.100.20");
        await phone.SignInAsync(Ada);
        await phone.EnterRecoveryCodeAsync(codes[3].ToUpperInvariant().Replace('-', ' '));
        Assert.True(await phone.IsSignedInAsync());
        var used = Assert.Single(await portal.AuditAsync(AuditNames.RecoveryCodeUsed));
        Assert.Equal((ada.Id, "198.51.100.20", "recovery code used, 9 left"), (used.SubjectId, used.IpAddress, used.Reason));
        var mail = Assert.Single(await portal.MailsAsync(), m => m.Subject!.EndsWith("A recovery code was used", StringComparison.Ordinal));
        Assert.Equal(Ada, mail.To.Mailboxes.Single().Address);
        Assert.Contains("9 are left", mail.TextBody, StringComparison.Ordinal);
        using var page = await phone.GetAsync("/Account/Manage/TwoFactorAuthentication");
        Assert.Contains("You have 9 recovery codes left.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_code_takes_none_and_mails_nobody()
    {
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(Ada);
        using var refused = await phone.EnterRecoveryCodeAsync(RecoveryCode.New());
        Assert.Contains("not one of your unused recovery codes", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(10, await portal.InDatabaseAsync(db => db.RecoveryCodes.CountAsync()));
        Assert.Empty(await portal.MailsAsync());
    }

    [Fact]
    public async Task New_codes_make_the_old_ones_void_and_belong_to_their_owner_alone()
    {
        var grace = await portal.AddUserAsync("grace@portal.example");
        var (_, hers) = await portal.EnrolAsync(grace);
        await portal.AsIdentityAsync(async users => await users.GenerateNewTwoFactorRecoveryCodesAsync((await users.FindByIdAsync(ada.Id))!, 10));
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(Ada);
        await phone.EnterRecoveryCodeAsync(codes[0]);
        await phone.EnterRecoveryCodeAsync(hers[0]);
        Assert.False(await phone.IsSignedInAsync());
        Assert.Equal(20, await portal.InDatabaseAsync(db => db.RecoveryCodes.CountAsync()));
        Assert.Contains(await portal.AuditAsync(AuditNames.RecoveryCodesMade), e => e.SubjectId == ada.Id);
    }
}
