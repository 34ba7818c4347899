using System.Net;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Locations;

/// <summary>Tells roughly where an address is. Answers from local files only, and never throws: what it does not know is <see cref="Place.Unknown"/>.</summary>
public interface IIpLocator
{
    Place Find(IPAddress address);

    /// <summary>What the licence of a loaded database wants on every page that shows places; null when none does.</summary>
    LocationAttribution? Attribution { get; }
}

public sealed record LocationAttribution(string Text, Uri Link);
