using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A node answers from memory, and never for long what the database would not say.</summary>
public sealed class SessionMemoryTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("ada@portal.example");
        await portal.AddUserAsync("root@portal.example", Roles.Admin, Roles.User);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_known_session_is_answered_without_the_sessions_table()
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        await portal.ByHandAsync("ALTER TABLE \"Sessions\" RENAME TO \"Away\"");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(laptop));
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task An_administrator_is_never_answered_from_memory()
    {
        using var laptop = await SignedInAsync("root@portal.example");
        await portal.ByHandAsync("ALTER TABLE \"Sessions\" RENAME TO \"Away\"");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(laptop));
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task What_is_in_memory_is_worth_nothing_five_seconds_after_the_last_word_from_the_database()
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        await portal.ByHandAsync("ALTER TABLE \"Sessions\" RENAME TO \"Away\"");
        await portal.ByHandAsync("ALTER TABLE \"Epoch\" RENAME TO \"AwayToo\"");
        portal.Clock.Advance(TimeSpan.FromSeconds(5));
        using var answer = await laptop.GetAsync("/api/session");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);

        await portal.ByHandAsync("ALTER TABLE \"Away\" RENAME TO \"Sessions\"");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(laptop));
    }

    [Theory]
    [InlineData("UPDATE \"Sessions\" SET \"EndedAt\" = \"StartedAt\"")]
    [InlineData("DELETE FROM \"Sessions\"")]
    [InlineData("UPDATE \"AspNetUsers\" SET \"SecurityStamp\" = 'another'")]
    [InlineData("UPDATE \"AspNetUsers\" SET \"DisabledAt\" = \"CreatedAt\"")]
    [InlineData("DELETE FROM \"AspNetUsers\"")]
    [Trait("Check", "S47")]
    public async Task What_is_ended_behind_the_portals_back_is_refused_as_well(string sql)
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        await portal.ByHandAsync(sql);
        await UntilAsync(async () => await AskAsync(laptop) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task A_role_taken_away_behind_the_portals_back_is_gone()
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        Assert.Contains("User", await (await laptop.GetAsync("/api/session")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await portal.ByHandAsync("DELETE FROM \"AspNetUserRoles\"");
        await UntilAsync(async () => (await (await laptop.GetAsync("/api/session")).Content.ReadAsStringAsync()).Contains("\"roles\":[]", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Check", "S47")]
    public async Task An_ended_session_cannot_be_made_to_live_again()
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        await laptop.SignOutAsync();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => portal.ByHandAsync("UPDATE \"Sessions\" SET \"EndedAt\" = NULL"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(laptop));
    }

    [Fact]
    [Trait("Check", "S47")]
    public async Task A_database_that_turns_out_to_be_a_copy_revives_nobody()
    {
        using var laptop = await SignedInAsync("ada@portal.example");
        await portal.ByHandAsync("UPDATE \"Epoch\" SET \"Fingerprint\" = 'of the database it was copied from'");
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(async () => await AskAsync(laptop) == HttpStatusCode.Unauthorized);
        Assert.Single(await portal.AuditAsync(AuditNames.DatabaseRestored));
        using var again = await SignedInAsync("ada@portal.example");
    }

    private async Task<Visitor> SignedInAsync(string email)
    {
        var visitor = portal.NewVisitor();
        await visitor.SignInAsync(email);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(visitor));
        return visitor;
    }

    private static async Task<HttpStatusCode> AskAsync(Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/api/session");
        return answer.StatusCode;
    }

    // What nobody tells this node is noticed at its next look.
    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var looks = 0; !await condition(); looks++)
        {
            Assert.True(looks < 100, "It was not noticed.");
            portal.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }
}
