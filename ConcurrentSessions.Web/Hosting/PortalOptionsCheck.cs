using System.Net;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>Stops the start when the portal would not know its own name: links and hosts must never be guessed from a request in Production.</summary>
internal sealed class PortalOptionsCheck(IHostEnvironment environment, IConfiguration configuration) : IValidateOptions<PortalOptions>
{
    public ValidateOptionsResult Validate(string? name, PortalOptions options)
    {
        var problem = PublicUrlProblem(options.PublicUrl) ?? AllowedHostsProblem(configuration["AllowedHosts"])
            ?? options.KnownProxies.Select(ProxyProblem).FirstOrDefault(p => p is not null)
            ?? DrainProblem(options.DrainTime)
            ?? PostsProblem(options.PostsPerMinute);
        return problem is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problem);
    }

    private static string? PublicUrlProblem(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? null
            : $"Portal:PublicUrl is '{url}'; it must be the address people use, like https://portal.example, without a path.";

    private string? AllowedHostsProblem(string? hosts) =>
        environment.IsProduction() && (string.IsNullOrWhiteSpace(hosts) || hosts.Contains('*'))
            ? $"AllowedHosts is '{hosts}'; in Production it must list the host names of the portal, separated by semicolons, without '*'."
            : null;

    private static string? DrainProblem(TimeSpan drain) =>
        drain >= TimeSpan.Zero && drain <= HostingServices.LongestDrain
            ? null
            : $"Portal:DrainTime is '{drain}'; it must be 00:00:00 to {HostingServices.LongestDrain}.";

    private static string? PostsProblem(int posts) =>
        posts is >= 60 and <= 1_000_000 ? null : $"Portal:PostsPerMinute is '{posts}'; it must be a whole number from 60 to 1000000.";

    private static string? ProxyProblem(string proxy) =>
        IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _)
            ? null
            : $"Portal:KnownProxies holds '{proxy}'; each must be an IP address or a network like 10.0.0.0/8.";
}
