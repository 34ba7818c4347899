using ConcurrentSessions.Web.Alerts;
using ConcurrentSessions.Web.Api;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Circuits;
using ConcurrentSessions.Web.Components;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Locations;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Operator;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Signals;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Telemetry;
using ConcurrentSessions.Web.Users;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets();
    builder.Services
        .AddPortalTelemetry(builder.Configuration)
        .AddPortalHosting()
        .AddPortalDatabase(builder.Configuration)
        .AddAuditTrail()
        .AddSessionRegistry()       // start, limit, list, end, expire
        .AddSignals(builder.Configuration) // what changed on any node is heard on every node
        .AddSignIn(builder.Configuration) // Identity, and the cookie that names a session
        .AddLocations()
        .AddMailOutbox()
        .AddSignInAlerts()
        .AddUserAdministration()
        .AddPortalPages()
        .AddPortalApi()
        .AddCircuitClosing();       // open pages of ended sessions leave at once

    var isVerb = OperatorCommands.IsVerb(args);
    if (isVerb)
    {
        builder.Logging.UseOperatorLogging();
    }

    await using var app = builder.Build();
    if (isVerb)
    {
        return await OperatorCommands.RunAsync(args, app.Services);
    }

    app.UsePortalHosting();
    app.UseAuthentication();
    app.UseNoStore();
    app.UseEnrolmentGate();     // who lacks a required second factor sets one up first
    app.UseAuthorization();
    app.UseCircuitConnections();
    app.UseAntiforgery();
    app.UseRefusedForms();
    app.MapPortalPages();
    app.MapPortalApi();
    app.MapPortalHealth();

    await app.PrepareAsync();
    await app.Services.StartHearingAsync(app.Lifetime.ApplicationStopping);
    await app.RunAsync();
    return 0;
}
catch (Exception failure) when (StartProblem.Sentence(failure) is { } problem)
{
    await Console.Error.WriteLineAsync(problem);
    return 1;
}
