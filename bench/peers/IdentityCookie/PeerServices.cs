using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Bench.IdentityCookie;

internal static class PeerServices
{
    /// <summary>As the Blazor template with individual accounts registers it, on PostgreSQL.</summary>
    public static void AddIdentityPeer(this IServiceCollection services, IConfiguration configuration, bool pooled)
    {
        services.AddRazorComponents();
        services.AddCascadingAuthenticationState();
        services.AddAuthentication(o =>
        {
            o.DefaultScheme = IdentityConstants.ApplicationScheme;
            o.DefaultSignInScheme = IdentityConstants.ExternalScheme;
        }).AddIdentityCookies();
        services.AddAuthorization();

        var connection = configuration.GetConnectionString("Peer");
        services = pooled
            ? services.AddDbContextPool<PeerDbContext>(o => o.UseNpgsql(connection))
            : services.AddDbContext<PeerDbContext>(o => o.UseNpgsql(connection));
        services.AddIdentityCore<IdentityUser>(Configure)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<PeerDbContext>()
            .AddSignInManager()
            .AddDefaultTokenProviders();

        // One key ring for the modes: a cookie got from one is good for the others.
        services.AddDataProtection().SetApplicationName("peer")
            .PersistKeysToFileSystem(new DirectoryInfo(configuration["KeyFolder"]!));
        services.ConfigureApplicationCookie(o => o.Events.OnRedirectToLogin = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        if (configuration.GetValue<int?>("Passwords:HashIterations") is { } iterations)
        {
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = iterations);
        }
    }

    /// <summary>The schema, the role and the one user that the harness copies.</summary>
    public static async Task PrepareAsync(this IServiceProvider services, string email, string password)
    {
        await using var scope = services.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<PeerDbContext>().Database.EnsureCreatedAsync())
        {
            return;
        }

        var user = new IdentityUser { UserName = email, Email = email, EmailConfirmed = true };
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new("User"));
        await users.CreateAsync(user, password);
        await users.AddToRoleAsync(user, "User");
    }

    private static void Configure(IdentityOptions options)
    {
        options.SignIn.RequireConfirmedAccount = true;
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
        options.Password.RequireDigit = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
    }
}
