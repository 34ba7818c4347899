using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(OddClock.Startup))]

namespace OddClock
{
    /// <summary>
    /// Gives the portal a clock that is as wrong as the file ODD_CLOCK_FILE says ("-01:00:00"), read at every look: a node whose
    /// clock jumps, without a line in the portal about it. What measures durations runs on, as a computer's does.
    /// </summary>
    public sealed class Startup : IHostingStartup
    {
        public void Configure(IWebHostBuilder builder)
        {
            if (Environment.GetEnvironmentVariable("ODD_CLOCK_FILE") is { } file)
            {
                builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(new ShiftedClock(file)));
            }
        }

        private sealed class ShiftedClock(string file) : TimeProvider
        {
            public override DateTimeOffset GetUtcNow() =>
                base.GetUtcNow() + TimeSpan.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        }
    }
}

#pragma warning disable CA1050, CA1515 // The runtime looks for exactly this name, in no namespace.
/// <summary>Loaded by DOTNET_STARTUP_HOOKS, so that the host finds this assembly among those it asks.</summary>
public static class StartupHook
{
    public static void Initialize()
    {
    }
}
#pragma warning restore CA1050, CA1515
