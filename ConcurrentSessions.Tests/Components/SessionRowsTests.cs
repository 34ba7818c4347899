using AngleSharp.Dom;
using Bunit;
using ConcurrentSessions.Web.Components.My;
using ConcurrentSessions.Web.Sessions;
using MudBlazor.Services;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

public sealed class SessionRowsTests : IAsyncLifetime
{
    private readonly BunitContext bunit = new();
    private readonly SessionView here = Portraits.Session();
    private readonly SessionView there = Portraits.Session("Work <phone>", new Place("FR", "France", null, "Lyon", null, null));

    public ValueTask InitializeAsync()
    {
        bunit.Services.AddMudServices();
        bunit.JSInterop.Mode = JSRuntimeMode.Loose;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => bunit.DisposeAsync();

    [Fact]
    public void Each_session_is_a_list_item_named_after_its_device()
    {
        var rows = Rows();
        Assert.Equal(["Firefox on Linux", "Work <phone>"], rows.FindAll("li").Select(item => Name(rows, item)));
        Assert.Empty(rows.FindAll("phone"));
    }

    [Fact]
    public void Only_the_current_session_is_marked_and_it_signs_out_by_a_post()
    {
        var rows = Rows();
        var marked = Assert.Single(rows.FindAll("li"), item => item.TextContent.Contains("This device", StringComparison.Ordinal));
        Assert.Equal("Firefox on Linux", Name(rows, marked));
        var form = Assert.Single(rows.FindAll("form"));
        Assert.Equal(("/Account/Logout", "post"), (form.GetAttribute("action"), form.GetAttribute("method")));
        Assert.True(marked.Contains(form));
    }

    [Fact]
    public void Every_session_offers_one_button_called_sign_out_that_says_of_which_device()
    {
        var rows = Rows();
        Assert.All(rows.FindAll("li"), item =>
        {
            var button = Assert.Single(item.QuerySelectorAll("button"), b => b.TextContent.Trim() == "Sign out");
            Assert.Equal(item.GetAttribute("aria-labelledby"), button.GetAttribute("aria-describedby"));
        });
    }

    [Fact]
    public void Pressing_sign_out_names_the_session_that_was_meant()
    {
        SessionView? ended = null;
        var rows = Rows(end: session => ended = session);
        Button(rows, there, "Sign out").Click();
        Assert.Equal(there, ended);
    }

    [Fact]
    public void Pressing_rename_names_the_session_that_was_meant()
    {
        SessionView? renamed = null;
        var rows = Rows(rename: session => renamed = session);
        Button(rows, here, "Rename").Click();
        Assert.Equal(here, renamed);
    }

    [Fact]
    public void A_card_tells_place_address_method_and_the_times()
    {
        var text = Rows().FindAll("li")[1].TextContent;
        string[] told = ["Lyon, France", "203.0.113.7", "3 hours ago", "password", "5 minutes ago", "in 9 hours", "in 25 minutes"];
        Assert.All(told, words => Assert.Contains(words, text, StringComparison.Ordinal));
    }

    private IRenderedComponent<SessionRows> Rows(Action<SessionView>? end = null, Action<SessionView>? rename = null) =>
        bunit.Render<SessionRows>(p => p
            .Add(r => r.Sessions, [here, there]).Add(r => r.Current, here.Id).Add(r => r.Now, Portraits.Noon)
            .Add(r => r.OnEnd, end ?? (_ => { })).Add(r => r.OnRename, rename ?? (_ => { })));

    private static string Name(IRenderedComponent<SessionRows> rows, IElement item) =>
        rows.Find($"#{item.GetAttribute("aria-labelledby")}").TextContent;

    private static IElement Button(IRenderedComponent<SessionRows> rows, SessionView session, string name) =>
        rows.FindAll($"#session-{session.Id} button").Single(b => b.TextContent.Trim() == name);
}
