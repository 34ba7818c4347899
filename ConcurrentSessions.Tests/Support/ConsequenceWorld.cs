using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A user with one of everything that a change of their account may end, and the look at what is left of it.</summary>
public sealed partial class ConsequenceWorld : IDisposable
{
    private readonly byte[] passkey = Guid.NewGuid().ToByteArray();
    private readonly List<Visitor> visitors = [];
    private readonly PortalFactory portal;
    private string otherSession = "";
    private string link = "";

    private ConsequenceWorld(PortalFactory portal, PortalUser user)
    {
        (this.portal, User, Email) = (portal, user, user.Email!);
        (Here, Other, Remembered, Between, Waiting, Trusted) = (New(), New(), New(), New(), New(), New());
    }

    public PortalUser User { get; }

    /// <summary>As it is after the act.</summary>
    public string Email { get; set; }

    public string Password { get; set; } = PortalFactory.Password;

    /// <summary>The browser in which the act is done.</summary>
    public Visitor Here { get; }

    public string Key { get; private set; } = "";

    public string PasskeyId => System.Buffers.Text.Base64Url.EncodeToString(passkey);

    /// <summary>The session that somebody else may have opened.</summary>
    public SessionId Strange => SessionId.Parse(otherSession, null);

    private Visitor Other { get; }

    private Visitor Remembered { get; }

    private Visitor Between { get; }

    private Visitor Waiting { get; }

    private Visitor Trusted { get; }

    /// <param name="withAddressLink">A link to change the address is on its way; else one to reset the password.</param>
    public static async Task<ConsequenceWorld> MakeAsync(PortalFactory portal, string name, bool withAddressLink)
    {
        var world = new ConsequenceWorld(portal, await portal.AddUserAsync($"{name}@portal.example"));
        await world.AddPasskeyAsync(null);
        (world.Key, _) = await portal.EnrolAsync(world.User);
        await world.Trusted.SignInAsync(world.Email);
        await world.Trusted.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa",
            ("Input.TwoFactorCode", portal.CodeOf(world.Key)), ("Input.RememberMachine", "True"));
        Assert.True(await world.Trusted.IsSignedInAsync());
        await world.Trusted.SignOutAsync();
        await world.SecondFactorAsync(false);
        await world.Here.SignInAsync(world.Email);
        await world.Other.SignInAsync(world.Email);
        await world.Remembered.SignInAsync(world.Email, remember: true);
        await world.Waiting.SignInAsync(world.Email);
        await world.SecondFactorAsync(true);
        await world.Between.SignInAsync(world.Email);
        world.otherSession = (await world.Other.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString()!;
        world.link = withAddressLink ? await world.AskForAddressLinkAsync($"moved-{name}@portal.example") : await world.AskForResetLinkAsync();
        return world;
    }

    /// <summary>Turned by hand, without consequences.</summary>
    public Task SecondFactorAsync(bool on) => portal.InDatabaseAsync(db =>
        db.Users.Where(u => u.Id == User.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, on)));

    /// <summary>Enters a code of the app that shall replace the one in use.</summary>
    public async Task TakeOfferedKeyAsync(Visitor visitor)
    {
        var form = await visitor.OpenFormAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator");
        var key = await portal.AsIdentityAsync(async users => await users.GetAuthenticationTokenAsync((await users.FindByIdAsync(User.Id))!, "[Portal]", "OfferedAuthenticatorKey"));
        portal.Clock.Advance(TimeSpan.FromSeconds(30)); // the step was taken by the app that is replaced
        await visitor.PostAsync("/Account/Manage/EnableAuthenticator", [.. form, ("Input.Code", portal.CodeOf(key!))]);
    }

    public async Task<string> AskForResetLinkAsync()
    {
        await New().SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", Email));
        return await LastLinkAsync(Email);
    }

    public async Task<string> AskForAddressLinkAsync(string address)
    {
        await Here.SubmitAsync("/Account/Manage/Email", "change-email", ("Input.NewEmail", address));
        return await LastLinkAsync(address);
    }

    public async Task<bool> ResetAsync(string path, string password)
    {
        var code = Uri.UnescapeDataString(path[(path.IndexOf("code=", StringComparison.Ordinal) + 5)..]);
        using var answer = await New().SubmitAsync(path, "reset-password",
            ("Input.Code", code), ("Input.Email", Email), ("Input.Password", password), ("Input.ConfirmPassword", password));
        return answer.StatusCode == HttpStatusCode.Found;
    }

    public static async Task<bool> ConfirmAddressAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.SubmitAsync(path, "confirm-email-change");
        return answer.StatusCode == HttpStatusCode.Found;
    }

    public Task UseLinkAsync() => ResetAsync(link, Password = "one more long password");

    public Task<bool> ConfirmLinkAsync(Visitor visitor) => ConfirmAddressAsync(visitor, link);

    public string Link => link;

    public Task AddPasskeyAsync(Visitor? visitor) => AsIdentityAsync(visitor, (users, user) => users.AddOrUpdatePasskeyAsync(
        user, new UserPasskeyInfo(visitor is null ? passkey : Guid.NewGuid().ToByteArray(), [1], portal.Clock.GetUtcNow(), 0, [], true, false, false, [1], [1])));

    /// <summary>Does what no form does without an authenticator, in the session of a visitor, or of nobody.</summary>
    public async Task AsIdentityAsync(Visitor? visitor, Func<UserManager<PortalUser>, PortalUser, Task<IdentityResult>> act)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        if (visitor is not null)
        {
            var http = new DefaultHttpContext();
            http.Request.Headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
            var session = (await visitor.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString()!;
            http.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, User.Id), new(SessionClaims.SessionId, session)], "test"));
            scope.ServiceProvider.GetRequiredService<IHttpContextAccessor>().HttpContext = http;
        }

        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        Assert.True((await act(users, (await users.FindByIdAsync(User.Id))!)).Succeeded);
    }

    public async Task<Guid> SessionHereAsync() => (await Here.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetGuid();

    /// <summary>Whether it is still there, tried as its owner would.</summary>
    public Task<bool> StaysAsync(string what) => what switch
    {
        "this session" => Here.IsSignedInAsync(),
        "other sessions" => Other.IsSignedInAsync(),
        "remembered sessions" => Remembered.IsSignedInAsync(),
        "between password and factor" => IsAskedForCodeAsync(),
        "waiting for a seat" => FindsSeatAsync(),
        "remembered factor" => IsTrustedAsync(),
        "known devices" => portal.InDatabaseAsync(db => db.Devices.AnyAsync(d => d.UserId == User.Id)),
        "reset link" => ResetAsync(link, "a quite different password"),
        "address link" => ConfirmLinkAsync(New()),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "The table has a column that no test knows."),
    };

    public void Dispose() => visitors.ForEach(v => v.Dispose());

    private Visitor New()
    {
        visitors.Add(portal.NewVisitor());
        return visitors[^1];
    }

    private async Task<bool> IsAskedForCodeAsync()
    {
        using var page = await Between.GetAsync("/Account/LoginWith2fa");
        return page.StatusCode == HttpStatusCode.OK;
    }

    private async Task<bool> FindsSeatAsync()
    {
        using var page = await Waiting.GetAsync("/Account/SessionLimit");
        if ((await page.Content.ReadAsStringAsync()).Contains("value=\"choose\"", StringComparison.Ordinal))
        {
            await Waiting.SubmitAsync("/Account/SessionLimit", "choose", ("Input.EndSessions", otherSession));
        }

        return await Waiting.IsSignedInAsync();
    }

    private async Task<bool> IsTrustedAsync()
    {
        await SecondFactorAsync(true);
        portal.Clock.Advance(TimeSpan.FromSeconds(1)); // what was remembered in this very moment is not looked at
        using var answer = await Trusted.SignInAsync(Email, Password);
        return answer.StatusCode == HttpStatusCode.Found
            && answer.Headers.Location!.ToString().Contains("LoginWith2fa", StringComparison.Ordinal) is false;
    }

    private async Task<string> LastLinkAsync(string to)
    {
        var mails = (await portal.MailsAsync()).Where(m => m.To.Mailboxes.Any(a => a.Address == to));
        return mails.Select(m => Address().Match(m.TextBody ?? "").Groups["path"].Value).Last(p => p.Length > 0);
    }

    [GeneratedRegex(@"http://localhost:5080(?<path>/Account/(ResetPassword|ConfirmEmailChange)\S+)")]
    private static partial Regex Address();
}
