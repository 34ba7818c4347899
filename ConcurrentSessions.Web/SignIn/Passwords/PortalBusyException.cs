namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>More password hashes are wanted than this node can make: answered with 429 and "try again in a few seconds".</summary>
public sealed class PortalBusyException() : Exception("Too many passwords are being looked at on this node.");
