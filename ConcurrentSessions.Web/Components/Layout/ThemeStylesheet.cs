using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.Layout;

/// <summary>
/// The theme's CSS variables as a stylesheet that browsers keep; <see cref="MudThemeProvider"/> itself would write them into
/// every page, 24 KiB. Which colours hold is said by <c>data-theme</c> at the page's root: without a flash, without a circuit.
/// </summary>
public sealed class ThemeStylesheet
{
    private readonly Lazy<Task<string>> css;

    public ThemeStylesheet(IServiceProvider services, ILoggerFactory logs) => css = new(() => WriteAsync(services, logs));

    /// <summary>Another one for each build: what it leads to never changes.</summary>
    public static string Address { get; } = $"theme.css?v={typeof(ThemeStylesheet).Module.ModuleVersionId:n}";

    public static async Task<IResult> AnswerAsync(HttpContext context, ThemeStylesheet theme)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(await theme.css.Value, "text/css", Encoding.UTF8);
    }

    private static async Task<string> WriteAsync(IServiceProvider services, ILoggerFactory logs)
    {
        await using var scope = services.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        var (light, dark) = (await VariablesAsync(renderer, dark: false), await VariablesAsync(renderer, dark: true));
        return $$"""
            :root { {{light}} }
            @media (prefers-color-scheme: dark) { :root[data-theme="system"] { {{dark}} } }
            :root[data-theme="dark"] { {{dark}} }
            """;
    }

    private static Task<string> VariablesAsync(HtmlRenderer renderer, bool dark) => renderer.Dispatcher.InvokeAsync(async () =>
    {
        var parameters = new Dictionary<string, object?>
        {
            [nameof(MudThemeProvider.Theme)] = PortalTheme.Theme,
            [nameof(MudThemeProvider.IsDarkMode)] = dark,
            [nameof(MudThemeProvider.ObserveSystemDarkModeChange)] = false,
        };
        return (await renderer.RenderComponentAsync<Variables>(ParameterView.FromDictionary(parameters))).ToHtmlString();
    });

    private sealed class Variables : MudThemeProvider
    {
        protected override void BuildRenderTree(RenderTreeBuilder __builder)
        {
            var css = new StringBuilder();
            GenerateTheme(css);
            __builder.AddMarkupContent(0, css.ToString());
        }
    }
}
