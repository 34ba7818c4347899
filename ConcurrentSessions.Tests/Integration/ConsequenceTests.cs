using System.Collections.Concurrent;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Alerts;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>The table "What ends when" of docs/security.md, cell by cell.</summary>
public sealed class ConsequenceTests(ConsequenceTests.Worlds worlds) : IClassFixture<ConsequenceTests.Worlds>
{
    private const string Ends = "ends";
    private const string Stays = "stays";
    private const string DoesNotApply = "–";

    public static TheoryData<string, string, string> Cells
    {
        get
        {
            var rows = Table();
            var columns = rows[0];
            return [.. from row in rows.Skip(2)
                       from column in Enumerable.Range(1, columns.Length - 1)
                       where row[column] != DoesNotApply
                       select (row[0], columns[column], row[column])];
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Trait("Check", "S06")]
    [Trait("Check", "S07")]
    public async Task What_ends_when(string happens, string what, string outcome)
    {
        Assert.Contains(outcome, new[] { Ends, Stays });
        Assert.Equal(outcome, await worlds.OutcomeAsync(happens, what));
    }

    private static List<string[]> Table() =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "security.md"))
            .SkipWhile(line => line != "## What ends when").SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    /// <summary>One portal; each act is done once to a user of its own, and then everything of theirs is tried.</summary>
    public sealed class Worlds : IAsyncLifetime
    {
        private static readonly string[] Looked =
        [
            "this session", "other sessions", "remembered sessions", "between password and factor", "waiting for a seat",
            "remembered factor", "known devices",
        ];

        private readonly PortalFactory portal = new();
        private readonly ConcurrentDictionary<(string, bool), Lazy<Task<Dictionary<string, bool>>>> outcomes = new();

        public async ValueTask InitializeAsync() => await portal.InDatabaseAsync(db =>
        {
            db.Roles.AddRange(new IdentityRole("Guest") { NormalizedName = "GUEST" });
            return db.SaveChangesAsync();
        });

        public ValueTask DisposeAsync() => portal.DisposeAsync();

        // A used link of one kind would void the other: each is tried on a user of its own.
        public async Task<string> OutcomeAsync(string happens, string what)
        {
            var withAddressLink = what == "address link";
            var outcome = await outcomes.GetOrAdd((happens, withAddressLink), _ => new(() => LookAsync(happens, withAddressLink))).Value;
            return !outcome.TryGetValue(what, out var stays) ? $"no test knows “{what}”" : stays ? Stays : Ends;
        }

        private async Task<Dictionary<string, bool>> LookAsync(string happens, bool withAddressLink)
        {
            using var world = await ConsequenceWorld.MakeAsync(portal, $"{Guid.NewGuid():N}", withAddressLink);
            await DoAsync(happens, world, withAddressLink);
            var seen = new Dictionary<string, bool>();
            foreach (var what in withAddressLink ? ["address link"] : Looked.Append("reset link"))
            {
                seen[what] = await world.StaysAsync(what);
            }

            return seen;
        }

        private async Task DoAsync(string happens, ConsequenceWorld world, bool withAddressLink)
        {
            var (here, id) = (world.Here, world.User.Id);
            var administration = portal.Services.GetRequiredService<UserAdministration>();
            switch (happens)
            {
                case "password changed":
                    await here.SubmitAsync("/Account/Manage/ChangePassword", "change-password",
                        ("Input.OldPassword", world.Password), ("Input.NewPassword", "a new long password"), ("Input.ConfirmPassword", "a new long password"));
                    world.Password = "a new long password";
                    break;
                case "password reset by mail" when withAddressLink:
                    Assert.True(await world.ResetAsync(await world.AskForResetLinkAsync(), world.Password = "one more long password"));
                    break;
                case "password reset by mail":
                    await world.UseLinkAsync();
                    break;
                case "first password set":
                    await portal.ByHandAsync($"UPDATE \"AspNetUsers\" SET \"PasswordHash\" = NULL WHERE \"Id\" = '{id}'");
                    await here.SubmitAsync("/Account/Manage/SetPassword", "set-password",
                        ("Input.NewPassword", "a first long password"), ("Input.ConfirmPassword", "a first long password"));
                    world.Password = "a first long password";
                    break;
                case "address changed" when withAddressLink:
                    Assert.True(await world.ConfirmLinkAsync(here));
                    break;
                case "address changed":
                    Assert.True(await ConsequenceWorld.ConfirmAddressAsync(here, await world.AskForAddressLinkAsync($"new-{world.Email}")));
                    world.Email = $"new-{world.Email}";
                    break;
                case "second factor turned on":
                    await world.SecondFactorAsync(false);
                    await world.AsIdentityAsync(here, async (users, user) => await users.SetTwoFactorEnabledAsync(user, true));
                    break;
                case "second factor turned off":
                    await here.SubmitAsync("/Account/Manage/Disable2fa", "disable-2fa");
                    break;
                case "authenticator app replaced":
                    await here.SubmitAsync("/Account/Manage/ResetAuthenticator", "reset-authenticator");
                    await world.TakeOfferedKeyAsync(here);
                    break;
                case "recovery codes made anew":
                    await here.SubmitAsync("/Account/Manage/GenerateRecoveryCodes", "generate-recovery-codes");
                    break;
                case "passkey added":
                    await world.AddPasskeyAsync(here);
                    break;
                case "passkey removed":
                    await here.SubmitAsync($"/Account/Manage/RemovePasskey/{world.PasskeyId}", "remove-passkey");
                    break;
                case "external login added":
                    await world.AsIdentityAsync(here, (users, user) => users.AddLoginAsync(user, new("elsewhere", id, "Elsewhere")));
                    break;
                case "external login removed":
                    await portal.ByHandAsync($"INSERT INTO \"AspNetUserLogins\" (\"LoginProvider\", \"ProviderKey\", \"UserId\") VALUES ('elsewhere', '{id}', '{id}')");
                    await world.AsIdentityAsync(here, (users, user) => users.RemoveLoginAsync(user, "elsewhere", id));
                    break;
                case "role granted":
                    await administration.GrantRoleAsync(id, "Guest", Actor.Operator, default);
                    break;
                case "role revoked":
                    await administration.RevokeRoleAsync(id, Roles.User, Actor.Operator, default);
                    break;
                case "password reset forced by an administrator":
                    var hash = (await portal.UserAsync(world.Email)).PasswordHash;
                    Assert.Null((await administration.ForcePasswordResetAsync(id, Actor.Operator, default)).Problem);
                    Assert.Null((await portal.UserAsync(world.Email)).PasswordHash);
                    await portal.ByHandAsync($"UPDATE \"AspNetUsers\" SET \"PasswordHash\" = '{hash}' WHERE \"Id\" = '{id}'"); // what else ended must not hang on it
                    break;
                case "second factor removed by an administrator":
                    Assert.Null((await administration.RemoveSecondFactorAsync(id, Actor.Operator, default)).Problem);
                    break;
                case "account disabled, later enabled":
                    await administration.DisableAsync(id, Actor.Operator, default);
                    await administration.EnableAsync(id, Actor.Operator, default);
                    break;
                case "account deleted":
                    await here.SubmitAsync("/Account/Manage/DeletePersonalData", "delete-user", ("Input.Understood", "True"));
                    break;
                case "signed out on all other devices":
                    await here.DeleteAsync("/api/sessions");
                    break;
                case "signed out everywhere by an administrator":
                    await administration.EndAllSessionsAsync(id, Actor.Operator, default);
                    break;
                case "“This wasn't me” in the portal, all others signed out":
                    await ReportAsync(world, Actor.Person(id, await world.SessionHereAsync(), null), new(EndAll: true, NewPassword: false));
                    break;
                case "“This wasn't me” by its link, password made void":
                    await ReportAsync(world, Actor.Visitor(null), new(EndAll: false, NewPassword: true));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(happens), happens, "The table has a row that no test knows.");
            }
        }

        private async Task ReportAsync(ConsequenceWorld world, Actor by, NotMeChoices choices)
        {
            var notMe = portal.Services.GetRequiredService<NotMe>();
            Assert.True(await notMe.ReportAsync(world.User.Id, world.Strange, by, default));
            await notMe.ContainAsync(world.User.Id, world.Strange, choices, by, default);
        }
    }
}
