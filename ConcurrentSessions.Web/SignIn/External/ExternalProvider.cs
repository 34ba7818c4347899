using ConcurrentSessions.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ConcurrentSessions.Web.SignIn.External;

/// <summary>
/// The scheme of the external provider: authorization code with PKCE, state and nonce. It proves who somebody is over there and
/// opens no session: that is <see cref="PortalSignInManager"/>'s, asked by the page that the browser comes back to.
/// </summary>
public static class ExternalProvider
{
    public const string Scheme = "Oidc";

    /// <summary>Where browsers land with a proof, or with why there is none.</summary>
    public const string LandingPage = "/Account/ExternalLogin";

    /// <summary>What Identity calls the provider of a proof: here always the issuer that signed it.</summary>
    private const string LoginProvider = "LoginProvider";

    /// <summary>Whose proof it is to be, where an account is linked.</summary>
    private const string ForUser = "XsrfId";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    internal static IServiceCollection AddExternalProvider(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ExternalProviderSettings>().BindConfiguration(ExternalProviderSettings.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ExternalProviderSettings>, ExternalProviderCheck>();
        if (configuration.GetSection(ExternalProviderSettings.Section).Get<ExternalProviderSettings>() is { IsConfigured: true })
        {
            services.AddAuthentication().AddOpenIdConnect(Scheme, Configure);
            services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<ExternalProviderSettings>, PublicLinks>(Describe);
        }

        return services;
    }

    /// <summary>The properties of a trip to the provider.</summary>
    /// <param name="back">Where the browser goes with the proof.</param>
    /// <param name="forUser">The signed-in user who wants to link; null for a sign-in.</param>
    public static AuthenticationProperties Trip(string back, string? forUser) => new(new Dictionary<string, string?>
    {
        [LoginProvider] = Scheme,
        [ForUser] = forUser,
    })
    {
        RedirectUri = back,
    };

    private static void Configure(OpenIdConnectOptions options)
    {
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.CallbackPath = "/signin-oidc";
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query; // a form posted from elsewhere would come without cookies
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.Scope.Clear();
        options.Scope.Add("openid");
        options.Scope.Add("email");
        options.BackchannelTimeout = LongestWait;
        options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(5);
        options.TokenValidationParameters.ValidAlgorithms =
        [
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
            SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
            SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        ];
        Harden(options.CorrelationCookie, "__Host-oidc-correlation.");
        Harden(options.NonceCookie, "__Host-oidc-nonce.");
    }

    private static void Describe(OpenIdConnectOptions options, IOptions<ExternalProviderSettings> provider, PublicLinks links)
    {
        options.Authority = provider.Value.Authority;
        options.ClientId = provider.Value.ClientId;
        options.ClientSecret = provider.Value.ClientSecret;
        options.RequireHttpsMetadata = !new Uri(provider.Value.Authority).IsLoopback;
        options.Events = new()
        {
            OnRedirectToIdentityProvider = context =>
            {
                // Never from the Host header.
                context.ProtocolMessage.RedirectUri = links.To(options.CallbackPath).AbsoluteUri;
                return Task.CompletedTask;
            },
            OnTokenValidated = context =>
            {
                // A subject is somebody only together with its issuer (ASVS 6.8.1).
                context.Properties!.Items[LoginProvider] = context.SecurityToken.Issuer;
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                // Unasked, refused, forged, out of date or out of reach: no session, and a page that says so.
                context.Response.Redirect(LandingPage + new QueryBuilder { { "Problem", "true" } });
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    private static void Harden(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
        cookie.SameSite = SameSiteMode.Lax;
    }
}
