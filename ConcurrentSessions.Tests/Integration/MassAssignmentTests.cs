using System.Net;
using System.Text;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A form takes what it asks for, and nothing that somebody adds to it (ASVS 15.3.3).</summary>
[Trait("Check", "S54")]
public sealed class MassAssignmentTests : IAsyncLifetime
{
    private static readonly string[] Names =
    [
        "Id", "UserId", "Role", "Roles", "Roles[0]", "IsAdmin", "Email", "EmailConfirmed", "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnd", "LockoutEnabled",
        "DisabledAt", "FirstSignedInAt", "Generation", "MaxSessions", "Limit", "SessionLimit", "SecurityStamp", "PasswordHash", "RevokedAt", "EndedAt", "ConcurrencyStamp",
    ];

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    /// <summary>Each alone, and as a part of everything a form is called.</summary>
    private static (string, string)[] Extra(string value) =>
        [.. Names.SelectMany(n => new[] { n, "Input." + n, "CurrentUser." + n, "User." + n }).Where(n => n != "Input.Email").Select(n => (n, value))];

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("true")]
    [InlineData("Admin")]
    [InlineData("2031-01-01")]
    public async Task Whoever_registers_becomes_a_plain_user_whose_address_is_not_confirmed(string value)
    {
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SubmitAsync("/Account/Register", "register",
            [("Input.Email", "new@portal.example"), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password), .. Extra(value)]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var made = await portal.UserAsync("new@portal.example");
        Assert.False(made.EmailConfirmed || made.TwoFactorEnabled || made.PhoneNumberConfirmed);
        Assert.Null(made.LockoutEnd);
        Assert.Equal([Roles.User], await RolesAsync(made));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("Admin")]
    public async Task Whoever_saves_a_profile_changes_the_profile_alone(string value)
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        var before = await portal.UserAsync(ada.Email!);
        using var answer = await visitor.SubmitAsync("/Account/Manage", "profile", [("Input.PhoneNumber", "+1 555 0100"), .. Extra(value)]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var after = await portal.UserAsync(ada.Email!);
        Assert.Equal("+1 555 0100", after.PhoneNumber);
        Assert.Equal(
            (before.Id, before.Email, before.EmailConfirmed, before.TwoFactorEnabled, before.LockoutEnd, before.PasswordHash, before.DisabledAt, before.PhoneNumberConfirmed),
            (after.Id, after.Email, after.EmailConfirmed, after.TwoFactorEnabled, after.LockoutEnd, after.PasswordHash, after.DisabledAt, after.PhoneNumberConfirmed));
        Assert.Equal([Roles.User], await RolesAsync(after));
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task A_member_that_a_policy_does_not_have_changes_nothing_else()
    {
        await portal.AddUserAsync("grace@portal.example", Roles.Admin, Roles.User);
        using var admin = portal.NewVisitor();
        await admin.SignInAsync("grace@portal.example");
        var policy = await (await admin.GetAsync("/api/admin/roles/User/policy")).Content.ReadAsStringAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/admin/roles/User/policy");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Content = new StringContent(policy.TrimEnd().TrimEnd('}') + """, "role": "Admin", "name": "Admin", "isAdmin": true, "userId": "x" }""", Encoding.UTF8, "application/json");
        using var answer = await admin.SendAsync(request);
        Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}");
        var after = await (await admin.GetAsync("/api/admin/roles/User/policy")).Content.ReadAsStringAsync();
        Assert.Equal(policy.Replace("\"isDefault\":true", "\"isDefault\":false", StringComparison.Ordinal), after);
        Assert.Equal([Roles.User], await RolesAsync(ada));
    }

    private Task<List<string?>> RolesAsync(PortalUser user) => portal.InDatabaseAsync(db =>
        db.UserRoles.Where(r => r.UserId == user.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name).ToListAsync());
}
