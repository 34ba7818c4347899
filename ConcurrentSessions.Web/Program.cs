using ConcurrentSessions.Web.Components;
using ConcurrentSessions.Web.Components.Account;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using Microsoft.AspNetCore.Identity;
using MudBlazor.Services;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.Development.json"), optional: true);
builder.Services.Configure<PortalOptions>(builder.Configuration.GetSection("Portal"));
builder.Services.AddSingleton(TimeProvider.System).AddSingleton<PublicLinks>();
builder.Services.AddPortalDatabase(builder.Configuration);
builder.Services.AddScoped<AccountMails>().AddAccountPages();
builder.Services.AddAuthentication(o => o.DefaultScheme = IdentityConstants.ApplicationScheme).AddIdentityCookies();
// The cookie handler would follow ReturnUrl by itself; AccountRedirects does.
builder.Services.ConfigureApplicationCookie(o => o.Events.OnRedirectToReturnUrl = _ => Task.CompletedTask);
builder.Services.AddAuthorization();
builder.Services.AddIdentityCore<PortalUser>(o =>
    {
        o.SignIn.RequireConfirmedAccount = true;
        o.User.RequireUniqueEmail = true;
        o.Password = new() { RequiredLength = 12, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 1 };
    })
    .AddRoles<IdentityRole>()
    .AddEntityFrameworkStores<SqlitePortalDbContext>()
    .AddSignInManager()
    .AddDefaultTokenProviders();
builder.Services.AddMudServices();
builder.Services.AddCascadingAuthenticationState();
builder.Services.AddRazorComponents().AddInteractiveServerComponents(o => o.DetailedErrors = true);

var app = builder.Build();
await using (var scope = app.Services.CreateAsyncScope())
{
    Directory.CreateDirectory(DataFolder.Resolve("data"));
    await scope.ServiceProvider.GetRequiredService<PortalDbContext>().Database.EnsureCreatedAsync();
    var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();
    foreach (var role in new[] { "Admin", "User" })
    {
        if (!await roles.RoleExistsAsync(role))
        {
            await roles.CreateAsync(new IdentityRole(role));
        }
    }
}

app.UseExceptionHandler("/Error", createScopeForErrors: true);
app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.Use((context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    return next(context);
});
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
app.MapAccountEndpoints();
app.Run();
