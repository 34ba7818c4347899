using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class PasswordTests : IAsyncLifetime
{
    private const string WithProduct = "ConcurrentSessions2026!";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [Trait("Check", "S15")]
    [InlineData("trailing space. ")]
    [InlineData(" leading space.")]
    [InlineData("Capitals Matter Here")]
    [InlineData("e\u0301 is not the same as \u00e9")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789ab")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_password_is_compared_exactly(string password)
    {
        await SetAsync(password);
        string[] nearly = [password.Trim(), password.ToLowerInvariant(), password + " ", password + "x", password[..^1], password.Normalize(), password[..Math.Min(72, password.Length)]];
        foreach (var other in nearly.Distinct().Where(p => p != password))
        {
            using var visitor = portal.NewVisitor($"192.0.{other.Length}.1");
            await visitor.SignInAsync(ada.Email!, other);
            Assert.False(await visitor.IsSignedInAsync(), $"'{other}' was taken for '{password}'");
        }

        using var owner = portal.NewVisitor("198.51.100.9");
        await owner.SignInAsync(ada.Email!, password);
        Assert.True(await owner.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S30")]
    public async Task A_new_password_that_is_easy_to_guess_is_refused_wherever_one_is_set()
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        await portal.AsIdentityAsync(async users => await users.CreateAsync(new PortalUser { UserName = "bare@portal.example", Email = "bare@portal.example", EmailConfirmed = true }));
        var code = await portal.AsIdentityAsync(async users => await users.GeneratePasswordResetTokenAsync((await users.FindByNameAsync(ada.Email!))!));
        var link = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(code)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        foreach (var (password, why) in new[] { ("password1234", "most common ones"), (WithProduct, "must not hold") })
        {
            (string, string)[] twice = [("Input.Password", password), ("Input.ConfirmPassword", password), ("Input.NewPassword", password)];
            HttpResponseMessage[] answers =
            [
                await visitor.SubmitAsync("/Account/Register", "register", [("Input.Email", "new@portal.example"), .. twice]),
                await visitor.SubmitAsync("/Account/Register", "register", [("Input.Email", ada.Email!), .. twice]),
                await visitor.SubmitAsync("/Account/Manage/ChangePassword", "change-password", [("Input.OldPassword", PortalFactory.Password), .. twice]),
                await visitor.SubmitAsync($"/Account/ResetPassword?code={link}", "reset-password", [("Input.Email", ada.Email!), ("Input.Code", link), .. twice]),
            ];
            foreach (var answer in answers)
            {
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Contains(why, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            var byOperator = await OperatorConsole.RunAsync(portal.Services, "users add x@example.com --password-stdin", password + "\n");
            Assert.Contains(why, byOperator.Error, StringComparison.Ordinal);
            Assert.False(await portal.AsIdentityAsync(async users =>
                (await users.AddPasswordAsync((await users.FindByNameAsync("bare@portal.example"))!, password)).Succeeded));
        }

        await visitor.SignOutAsync();
        await visitor.SignInAsync(ada.Email!);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S46")]
    public async Task A_hash_of_too_few_rounds_is_made_anew_at_a_sign_in_and_nothing_ends_by_it()
    {
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        var old = new PasswordHasher<PortalUser>(Options.Create(new PasswordHasherOptions { IterationCount = 500 })).HashPassword(ada, PortalFactory.Password);
        await portal.InDatabaseAsync(db => db.Users.Where(u => u.Id == ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, old)));

        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var renewed = await portal.UserAsync(ada.Email!);
        Assert.NotEqual(old, renewed.PasswordHash);
        Assert.Equal(ada.SecurityStamp, renewed.SecurityStamp);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        Assert.True(await phone.IsSignedInAsync());
        Assert.Empty(await portal.AuditAsync(AuditNames.CredentialsChanged));
        using var tablet = portal.NewVisitor();
        await tablet.SignInAsync(ada.Email!);
        Assert.Equal(renewed.PasswordHash, (await portal.UserAsync(ada.Email!)).PasswordHash);
    }

    private Task<IdentityResult> SetAsync(string password) => portal.AsIdentityAsync(async users =>
    {
        var user = (await users.FindByIdAsync(ada.Id))!;
        var set = await users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), password);
        Assert.True(set.Succeeded, string.Join(' ', set.Errors.Select(e => e.Description)));
        return set;
    });
}
