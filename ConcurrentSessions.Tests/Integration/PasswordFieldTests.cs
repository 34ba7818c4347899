using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Where a password is typed it is hidden, can be shown, pasted and filled in by a password manager (ASVS 6.2.6, 6.2.7).</summary>
public sealed partial class PasswordFieldTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("/Account/Login", "Password: current-password")]
    [InlineData("/Account/Register", "Password: new-password", "ConfirmPassword: new-password")]
    [InlineData("/Account/ResetPassword?code=AAAA", "Password: new-password", "ConfirmPassword: new-password")]
    [InlineData("/Account/Manage/ChangePassword", "OldPassword: current-password", "NewPassword: new-password", "ConfirmPassword: new-password")]
    [InlineData("/Account/Reauthenticate", "Password: current-password")]
    public async Task A_password_field_is_hidden_told_to_managers_and_takes_what_is_pasted(string path, params string[] expected)
    {
        using var visitor = portal.NewVisitor();
        if (path is "/Account/Manage/ChangePassword" or "/Account/Reauthenticate")
        {
            await visitor.SignInAsync("ada@portal.example");
        }

        using var page = await visitor.GetAsync(path);
        var html = await page.Content.ReadAsStringAsync();
        var fields = Field().Matches(html).Select(m => m.Value).Where(f => Name().Match(f).Groups[1].Value.EndsWith("Password", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected, fields.Select(f => $"{Name().Match(f).Groups[1].Value}: {Autocomplete().Match(f).Groups[1].Value}"));
        Assert.All(fields, field =>
        {
            Assert.Contains("type=\"password\"", field, StringComparison.Ordinal);
            Assert.DoesNotMatch("readonly|disabled|maxlength|onpaste|oncopy|oncontextmenu|value=", field);
            Assert.Contains($"data-peek=\"{Id().Match(field).Groups[1].Value}\"", html, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("/account.js")]
    [InlineData("/strength.js")]
    [InlineData("/passkey.js")]
    public async Task No_script_of_the_account_pages_meddles_with_pasting(string script)
    {
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.GetAsync(script);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("addEventListener", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("paste|clipboard|beforeinput|contextmenu", text);
    }

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Field();

    [GeneratedRegex("name=\"Input\\.([^\"]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex("autocomplete=\"([^\"]+)\"")]
    private static partial Regex Autocomplete();

    [GeneratedRegex("id=\"([^\"]+)\"")]
    private static partial Regex Id();
}
