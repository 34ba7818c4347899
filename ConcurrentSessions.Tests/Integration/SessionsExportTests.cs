using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>The explorer's list as a file.</summary>
[Trait("Check", "S43")]
public sealed class SessionsExportTests : IAsyncLifetime
{
    private const string Boss = "boss@portal.example";
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync(Boss, Roles.Admin);
        await portal.AddUserAsync(Ada, Roles.User);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("=HYPERLINK(1)")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    public async Task A_device_name_that_a_spreadsheet_would_run_leaves_as_text(string name)
    {
        using var admin = portal.NewVisitor();
        using var user = portal.NewVisitor();
        await admin.SignInAsync(Boss);
        await user.SignInAsync(Ada);
        await portal.InDatabaseAsync(db => db.Devices.ExecuteUpdateAsync(set => set.SetProperty(d => d.GivenName, name)));

        using var file = await admin.GetAsync("/admin/sessions/export?user=ada");

        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(3, lines.Length); // the head, Ada's only session, and nothing after its end of line
        Assert.StartsWith("Id,User,Device,", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{Ada},\"'{name}\",", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(Boss, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_took_the_file_and_with_which_filter_is_written_down()
    {
        using var admin = portal.NewVisitor();
        await admin.SignInAsync(Boss);

        using var file = await admin.GetAsync("/admin/sessions/export?role=User&state=ended&reason=revoked");

        var taken = Assert.Single(await portal.AuditAsync(ExplorerEvents.Exported));
        Assert.Equal(((await portal.UserAsync(Boss)).Id, "CSV of role User, ended Revoked"), (taken.ActorId, taken.Reason));
        Assert.NotNull(taken.IpAddress);
    }

    [Fact]
    public async Task Nobody_but_an_administrator_gets_the_file()
    {
        using var user = portal.NewVisitor();
        await user.SignInAsync(Ada);

        using var refused = await user.GetAsync("/admin/sessions/export");

        Assert.Equal(HttpStatusCode.Found, refused.StatusCode);
        Assert.Empty(await portal.AuditAsync(ExplorerEvents.Exported));
    }
}
