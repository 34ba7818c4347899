using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>Links that leave the portal (mails, the console): always under <c>Portal:PublicUrl</c>, whatever a request says its host is.</summary>
public sealed class PublicLinks(IOptions<PortalOptions> options)
{
    private readonly Uri root = new(options.Value.PublicUrl.TrimEnd('/') + "/");

    /// <summary>The site's own address.</summary>
    public Uri Root => root;

    /// <summary>As browsers write it: no path, no default port, an international name in its ASCII form.</summary>
    public string Origin { get; } = SameOrigin.OriginOf(new(options.Value.PublicUrl));

    /// <param name="path">Path from the root, with or without the leading slash.</param>
    /// <param name="query">Names and values; encoded here.</param>
    public Uri To(string path, params ReadOnlySpan<(string Name, string Value)> query)
    {
        var builder = new QueryBuilder();
        foreach (var (name, value) in query)
        {
            builder.Add(name, value);
        }

        return new Uri(root, path.TrimStart('/') + builder.ToQueryString());
    }
}
