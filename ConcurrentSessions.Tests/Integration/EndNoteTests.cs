using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What a browser whose session an administrator has ended is told.</summary>
public sealed class EndNoteTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S44")]
    [Trait("Check", "S41")]
    public async Task The_reason_is_shown_to_whom_it_concerns_as_text()
    {
        await portal.AddUserAsync("ada@portal.example", Roles.User);
        using var ada = portal.NewVisitor();
        await ada.SignInAsync("ada@portal.example");
        Assert.True(EndNote.TryRead("<script>alert(1)</script> & maintenance", out var note, out _));

        await portal.Services.GetRequiredService<UserAdministration>().EndMatchingAsync(new(), note, _ => { }, Actor.Operator, default);

        Assert.False(await ada.IsSignedInAsync());
        using var page = await ada.GetAsync("/Account/SignedOut");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; maintenance", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert(1)", text, StringComparison.Ordinal);
    }
}
