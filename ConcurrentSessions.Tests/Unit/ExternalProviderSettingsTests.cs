using ConcurrentSessions.Web.SignIn.External;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class ExternalProviderSettingsTests
{
    private const string Https = "https://login.example";

    [Theory]
    [InlineData("http://login.example", "portal", "secret", "Contoso", "Authentication:Oidc:Authority is 'http://login.example'; it must be the provider's https address")]
    [InlineData("login.example", "portal", "secret", "Contoso", "Authentication:Oidc:Authority is 'login.example'; it must be")]
    [InlineData("", "portal", "", "", "Authentication:Oidc:Authority is ''; it must be")]
    [InlineData(Https, "", "secret", "Contoso", "Authentication:Oidc:ClientId is ''; it must be")]
    [InlineData(Https, "portal", "", "Contoso", "Authentication:Oidc:ClientSecret is ''; it must be")]
    [InlineData(Https, "portal", "secret", " ", "Authentication:Oidc:Name is ' '; it must be")]
    public void Half_a_provider_is_named_in_a_sentence(string authority, string client, string secret, string name, string sentence)
    {
        var result = new ExternalProviderCheck().Validate(null, new() { Authority = authority, ClientId = client, ClientSecret = secret, Name = name });
        Assert.StartsWith(sentence, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData(Https, "portal", "secret", "Contoso")]
    [InlineData("http://localhost:8080/realms/portal", "portal", "secret", "Contoso")]
    public void None_or_a_whole_one_is_taken(string authority, string client, string secret, string name) =>
        Assert.True(new ExternalProviderCheck().Validate(null, new() { Authority = authority, ClientId = client, ClientSecret = secret, Name = name }).Succeeded);
}
