using Bunit;
using ConcurrentSessions.Web.Components.Admin;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using MudBlazor.Services;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

[Trait("Check", "S29")]
public sealed class RoleRulesEditorTests : IAsyncLifetime
{
    private static readonly SessionRules Rules = new SessionSettings().Rules();

    private readonly BunitContext context = new();
    private readonly List<SessionRules> saved = [];

    public ValueTask InitializeAsync()
    {
        context.Services.AddMudServices();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Render<MudPopoverProvider>();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("three")]
    [InlineData("2.5")]
    [InlineData("1001")]
    [InlineData("1000000000")]
    [InlineData("99999999999999999999")]
    public async Task What_is_no_limit_is_refused_in_one_sentence_and_kept(string typed)
    {
        var editor = Render(Rules);
        Field(editor, "Limit").Input(typed);

        await editor.Find("form").SubmitAsync();

        Assert.Contains("The limit must be a whole number from 1 to 1000, or unlimited.", editor.Markup, StringComparison.Ordinal);
        Assert.Equal(typed, Field(editor, "Limit").GetAttribute("value") ?? "");
        Assert.Empty(saved);
    }

    [Theory]
    [InlineData("Idle timeout", "soon")]
    [InlineData("Absolute lifetime", "0")]
    [InlineData("Remembered idle timeout", "-3")]
    [InlineData("Remembered lifetime", "9999999999")]
    public async Task What_is_no_length_of_time_is_refused_by_its_name(string field, string typed)
    {
        var editor = Render(Rules);
        Field(editor, field).Input(typed);

        await editor.Find("form").SubmitAsync();

        Assert.Contains($"{field} must be a whole number of minutes, hours or days.", editor.Markup, StringComparison.Ordinal);
        Assert.Empty(saved);
    }

    [Fact]
    public async Task Lifetimes_that_contradict_each_other_are_refused_and_nothing_typed_is_lost()
    {
        var editor = Render(Rules);
        Field(editor, "Limit").Input("7");
        Field(editor, "Idle timeout").Input("721");

        await editor.Find("form").SubmitAsync();

        Assert.Contains("must not be shorter than Idle timeout", editor.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(("7", "721"), (Field(editor, "Limit").GetAttribute("value"), Field(editor, "Idle timeout").GetAttribute("value")));
        Assert.Empty(saved);
    }

    [Fact]
    public async Task Rules_that_hold_together_are_handed_over()
    {
        var editor = Render(Rules);
        Field(editor, "Limit").Input(" 5 ");
        Field(editor, "Idle timeout").Input("45");

        await editor.Find("form").SubmitAsync();

        Assert.Equal(
            Rules with { Limit = SessionLimit.Of(5, WhenFull.Ask), Lifetime = Rules.Lifetime with { IdleTimeout = TimeSpan.FromMinutes(45) } },
            Assert.Single(saved));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task Whether_a_second_factor_is_required_is_switched_and_saved()
    {
        var editor = Render(Rules);
        var label = editor.FindAll("label").Single(l => l.TextContent.Trim() == "A second factor is required");

        label.QuerySelector("input")!.Change(true);
        await editor.Find("form").SubmitAsync();

        Assert.Equal(Rules with { SecondFactorRequired = true }, Assert.Single(saved));
    }

    [Fact]
    public async Task Untouched_rules_come_back_as_they_were()
    {
        var rules = new SessionRules(
            SessionLimit.Unlimited(WhenFull.Refuse), new(TimeSpan.FromSeconds(90), TimeSpan.FromHours(36)), false,
            new(TimeSpan.FromDays(1), TimeSpan.FromDays(2))) { SecondFactorRequired = true };
        var editor = Render(rules);

        await editor.Find("form").SubmitAsync();

        Assert.Equal(rules, Assert.Single(saved));
    }

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<RoleRulesEditor> editor, string label)
    {
        var id = editor.FindAll("label").Single(l => l.TextContent.Trim() == label).GetAttribute("for");
        return editor.Find($"input[id='{id}']");
    }

    [Theory]
    [InlineData("61")]
    [InlineData("-1")]
    [InlineData("a while")]
    public async Task Seconds_to_save_are_0_to_60_and_kept_as_typed(string typed)
    {
        var editor = Render(Rules with { Limit = SessionLimit.Of(3, WhenFull.EvictLeastRecent) });
        Field(editor, "Seconds to save").Input(typed);
        await editor.Find("form").SubmitAsync();
        Assert.Contains("Seconds to save must be a whole number from 0 to 60.", editor.Markup, StringComparison.Ordinal);
        Assert.Empty(saved);

        Field(editor, "Seconds to save").Input("0");
        await editor.Find("form").SubmitAsync();
        Assert.Equal(TimeSpan.Zero, Assert.Single(saved).EvictionNotice);
    }

    private IRenderedComponent<RoleRulesEditor> Render(SessionRules rules) => context.Render<RoleRulesEditor>(p => p
        .Add(e => e.Role, "User")
        .Add(e => e.Rules, rules)
        .Add(e => e.OnSave, EventCallback.Factory.Create<SessionRules>(this, saved.Add)));
}
