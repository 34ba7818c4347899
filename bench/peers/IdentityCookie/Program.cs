using ConcurrentSessions.Bench.IdentityCookie;
using ConcurrentSessions.Bench.IdentityCookie.Components;

var mode = Enum.Parse<PeerMode>(args[0], ignoreCase: true);
var builder = WebApplication.CreateBuilder(args[1..]);
if (mode is PeerMode.Anonymous)
{
    var limit = builder.Build();
    limit.MapGet("/api/session", () => SessionAnswer.Nobodys(TimeProvider.System));
    await limit.RunAsync();
    return;
}

builder.Services.AddIdentityPeer(builder.Configuration, pooled: mode is PeerMode.Pooled);
var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapRazorComponents<App>();
app.MapGet("/api/session", (HttpContext http) => SessionAnswer.From(http, TimeProvider.System)).RequireAuthorization();
await app.Services.PrepareAsync(app.Configuration["Template:Email"]!, app.Configuration["Template:Password"]!);
await app.RunAsync();
