using MudBlazor;

namespace ConcurrentSessions.Web.Components.Layout;

/// <summary>The portal's colours, type and corners, for MudBlazor's components and, through its CSS variables, for the static pages.</summary>
public static class PortalTheme
{
    // Fonts that devices already have: nothing to download, nobody else to ask.
    private static readonly string[] Fonts =
        ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = Light(),
        PaletteDark = Dark(),
        Typography = Type(),
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", AppbarHeight = "60px" },
    };

    private static PaletteLight Light() => new()
    {
        Primary = "#125e63", PrimaryContrastText = "#ffffff",
        Secondary = "#7a4a1e", SecondaryContrastText = "#ffffff",
        Tertiary = "#4b5b8c", TertiaryContrastText = "#ffffff",
        Info = "#1d5f93", InfoContrastText = "#ffffff",
        Success = "#1e6b41", SuccessContrastText = "#ffffff",
        Warning = "#8a5300", WarningContrastText = "#ffffff",
        Error = "#b3261e", ErrorContrastText = "#ffffff",
        Dark = "#1b2728", DarkContrastText = "#ffffff",
        Background = "#f5f5f1", BackgroundGray = "#ebece7", Surface = "#ffffff",
        AppbarBackground = "#ffffff", AppbarText = "#1b2728",
        DrawerBackground = "#ffffff", DrawerText = "#1b2728", DrawerIcon = "#4d5a5b",
        TextPrimary = "#1b2728", TextSecondary = "#4d5a5b", TextDisabled = "#8b9494",
        ActionDefault = "#4d5a5b", ActionDisabled = "#a6adad", ActionDisabledBackground = "#e4e6e2",
        LinesDefault = "#dcdfda", LinesInputs = "#7d8888", TableLines = "#e2e4df",
        Divider = "#dcdfda", DividerLight = "#e9ebe6",
    };

    private static PaletteDark Dark() => new()
    {
        Primary = "#79cbc5", PrimaryContrastText = "#0a2325",
        Secondary = "#e3b383", SecondaryContrastText = "#2c1a08",
        Tertiary = "#aab8ea", TertiaryContrastText = "#141b33",
        Info = "#8cc4f0", InfoContrastText = "#0b2236",
        Success = "#84d3a2", SuccessContrastText = "#0b2817",
        Warning = "#efc072", WarningContrastText = "#2d1c00",
        Error = "#ffa59b", ErrorContrastText = "#3b0a06",
        Dark = "#e6ebea", DarkContrastText = "#131a1c",
        Background = "#131a1c", BackgroundGray = "#0f1517", Surface = "#1b2427",
        AppbarBackground = "#1b2427", AppbarText = "#e6ebea",
        DrawerBackground = "#1b2427", DrawerText = "#e6ebea", DrawerIcon = "#a9b5b5",
        TextPrimary = "#e6ebea", TextSecondary = "#a9b5b5", TextDisabled = "#6f7b7b",
        ActionDefault = "#a9b5b5", ActionDisabled = "#5c6868", ActionDisabledBackground = "#2a3538",
        LinesDefault = "#303c3f", LinesInputs = "#7f8d8e", TableLines = "#2c373a",
        Divider = "#303c3f", DividerLight = "#273134",
    };

    private static Typography Type() => new()
    {
        Default = new DefaultTypography { FontFamily = Fonts },
        H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.75rem", FontWeight = "650", LineHeight = "1.25", LetterSpacing = "-.01em" },
        H2 = new H2Typography { FontFamily = Fonts, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "0" },
        H3 = new H3Typography { FontFamily = Fonts, FontSize = "1.05rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "0" },
        Button = new ButtonTypography { FontFamily = Fonts, FontSize = ".9375rem", FontWeight = "600", TextTransform = "none", LetterSpacing = "0" },
    };
}
