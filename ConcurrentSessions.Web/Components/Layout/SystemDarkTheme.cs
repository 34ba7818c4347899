using System.Text;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.Layout;

/// <summary>The dark colours again, for browsers whose device is dark: the choice is made by CSS, hence without a flash and without a circuit.</summary>
public sealed class SystemDarkTheme : MudThemeProvider
{
    protected override void BuildRenderTree(RenderTreeBuilder __builder)
    {
        var css = new StringBuilder();
        GenerateTheme(css);
        __builder.AddMarkupContent(0, $"<style>@media (prefers-color-scheme: dark) {{ :root {{ {css} }} }}</style>");
    }
}
