using System.Net;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Locations;

/// <summary>Finds the coarse place of an address in a local file.</summary>
public interface IIpLocator
{
    Place Find(IPAddress address);
}
