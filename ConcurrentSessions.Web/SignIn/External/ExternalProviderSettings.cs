using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn.External;

/// <summary>The section <c>Authentication:Oidc</c>: one OpenID Connect provider whose accounts people may sign in with. Empty: there is none.</summary>
public sealed class ExternalProviderSettings
{
    public const string Section = "Authentication:Oidc";

    /// <summary>The issuer's address, under which its <c>/.well-known/openid-configuration</c> is found.</summary>
    public string Authority { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    /// <summary>What people call it, like "Contoso": on the button, 1 to 40 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>Any of the four is given: then all of them must be.</summary>
    public bool IsConfigured => $"{Authority}{ClientId}{ClientSecret}{Name}".Length > 0;
}

/// <summary>Stops the start when only half of a provider is described, or its tokens would come over an open line.</summary>
internal sealed class ExternalProviderCheck : IValidateOptions<ExternalProviderSettings>
{
    private const int LongestName = 40;

    public ValidateOptionsResult Validate(string? name, ExternalProviderSettings options) =>
        options.IsConfigured && Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;

    private static string? Problem(ExternalProviderSettings options) =>
        !IsSafe(options.Authority)
            ? $"Authentication:Oidc:Authority is '{options.Authority}'; it must be the provider's https address, like https://login.example (http only on this machine)."
        : options.ClientId.Length is 0 ? "Authentication:Oidc:ClientId is ''; it must be the id under which the provider knows the portal."
        : options.ClientSecret.Length is 0 ? "Authentication:Oidc:ClientSecret is ''; it must be the secret that the provider gave for the client id."
        : options.Name.Trim().Length is 0 or > LongestName || options.Name.Any(char.IsControl)
            ? $"Authentication:Oidc:Name is '{options.Name}'; it must be what people call the provider, 1 to {LongestName} characters."
        : null;

    private static bool IsSafe(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri) && uri is { UserInfo: "", Query: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
