using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.SignIn.External;
using ConcurrentSessions.Web.SignIn.Guessing;
using ConcurrentSessions.Web.SignIn.Passkeys;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

public static class SignInServices
{
    /// <summary>Identity, the scheme whose cookie names a session, and the choke point that opens one.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ILookupNormalizer, PortalNormalizer>();
        services.AddPasswords(); // before Identity, which adds what it does not find
        services.AddIdentityCore<PortalUser>(Configure)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<PortalDbContext>()
            .AddUserStore<PortalUserStore>()
            .AddUserManager<PortalUserManager>()
            .AddSignInManager<PortalSignInManager>()
            .AddDefaultTokenProviders()
            .AddTokenProvider<AuthenticatorCodes>(TokenOptions.DefaultAuthenticatorProvider) // instead of Identity's, which takes a code twice
            .AddTokenProvider<MailedTokenProvider>(MailedTokenProvider.Name);
        services.AddScoped<PortalUserManager>(s => (PortalUserManager)s.GetRequiredService<UserManager<PortalUser>>());
        services.AddScoped<PortalSignInManager>(s => (PortalSignInManager)s.GetRequiredService<SignInManager<PortalUser>>());
        services.AddPasskeys();
        services.AddHttpContextAccessor();
        services.AddSingleton<SessionMemory>();
        services.AddSingleton<SignedInSessions>();
        services.AddOptions<GuessingSettings>().BindConfiguration("SignIn:Guessing").ValidateOnStart();
        services.AddSingleton<IValidateOptions<GuessingSettings>, GuessingSettingsCheck>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PendingFactors>();
        services.AddSingleton<ISweep>(s => s.GetRequiredService<PendingFactors>());
        services.AddSingleton<ExternalProof>();
        services.AddSingleton<SignInTrail>();
        services.AddSingleton<RefusalTrail>();
        services.AddSingleton<ClientReader>();
        services.AddScoped<PasswordAttempts>();
        services.AddScoped<Reauthentication>();
        services.AddScoped<PendingFactorEvents>();
        services.AddSingleton<IAuthorizationHandler, FreshProofHandler>();
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Administer, policy => policy.RequireRole(Roles.Admin))
            .AddPolicy(Policies.Inspect, policy => policy.RequireRole(Roles.Admin, Roles.Auditor))
            .AddPolicy(Policies.FreshProof, policy => policy.RequireAuthenticatedUser().AddRequirements(new FreshProofRequirement()));
        return services.AddSchemes().AddExternalProvider(configuration);
    }

    private static void AddPasskeys(this IServiceCollection services)
    {
        services.AddOptions<IdentityPasskeyOptions>().Configure<PublicLinks>((o, links) =>
        {
            // Never from the Host header (ASVS 6.7): a passkey belongs to the portal's own name, and is used on its own pages only.
            o.ServerDomain = links.Root.IdnHost;
            o.ValidateOrigin = context => ValueTask.FromResult(
                context is { CrossOrigin: false, TopOrigin: null or "" } && string.Equals(context.Origin, links.Origin, StringComparison.Ordinal));
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "preferred";
        });
        services.AddSingleton<PasskeyUses>();
        services.AddSingleton<IPurge, UsedChallengePurge>();
    }

    private static void AddPasswords(this IServiceCollection services)
    {
        services.AddOptions<PasswordSettings>().BindConfiguration("Passwords").ValidateOnStart();
        services.AddSingleton<IValidateOptions<PasswordSettings>, PasswordSettingsCheck>();
        services.AddOptions<PasswordHasherOptions>().Configure<IOptions<PasswordSettings>>((o, s) => o.IterationCount = s.Value.HashIterations);
        services.AddSingleton<IPasswordHasher<PortalUser>, PasswordHasher<PortalUser>>();
        services.AddSingleton<HashGate>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<ContextWords>();
        services.AddSingleton<IPasswordValidator<PortalUser>, PasswordRules>();
    }

    private static void Configure(IdentityOptions options)
    {
        options.SignIn.RequireConfirmedAccount = true;
        options.Tokens.PasswordResetTokenProvider = MailedTokenProvider.Name;
        options.Tokens.EmailConfirmationTokenProvider = options.Tokens.ChangeEmailTokenProvider = MailedTokenProvider.Name;
        options.User.RequireUniqueEmail = true;
        options.User.AllowedUserNameCharacters = ""; // any: a user's name is their address, and Identity's list lacks o'neil's

        // Guessing is slowed down by SignInThrottle; only an administrator's act locks, so a stranger can lock nobody out.
        options.Lockout.MaxFailedAccessAttempts = int.MaxValue;
    }

    private static IServiceCollection AddSchemes(this IServiceCollection services)
    {
        var authentication = services.AddAuthentication(o =>
        {
            o.DefaultScheme = IdentityConstants.ApplicationScheme;
            o.DefaultSignInScheme = IdentityConstants.ExternalScheme;
        });
        authentication.AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(IdentityConstants.ApplicationScheme, null);
        authentication.AddExternalCookie().Configure(o =>
        {
            Harden(o, "__Host-external", SameSiteMode.Lax);
            o.SlidingExpiration = false;
        });
        authentication.AddTwoFactorRememberMeCookie().Configure(o =>
        {
            // Remembered only as long as the credentials it was remembered under, asked every time.
            Harden(o, "__Host-2fa-remember", SameSiteMode.Lax);
            o.Events.OnValidatePrincipal = SecurityStampValidator.ValidateAsync<ITwoFactorSecurityStampValidator>;
        });
        services.Configure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.Zero);
        authentication.AddTwoFactorUserIdCookie().Configure(o =>
        {
            Harden(o, "__Host-2fa", SameSiteMode.Strict);
            o.SlidingExpiration = false; // five minutes are five minutes, however often its page is opened
            o.EventsType = typeof(PendingFactorEvents);
        });
        return services;
    }

    private static void Harden(CookieAuthenticationOptions options, string name, SameSiteMode sameSite)
    {
        options.Cookie.Name = name;
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        options.Cookie.SameSite = sameSite;
    }
}
