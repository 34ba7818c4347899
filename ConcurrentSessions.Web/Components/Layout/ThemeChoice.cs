namespace ConcurrentSessions.Web.Components.Layout;

/// <summary>How a person wants the portal to look; <see cref="System"/> follows the device.</summary>
public enum ThemeChoice
{
    System,
    Light,
    Dark,
}
