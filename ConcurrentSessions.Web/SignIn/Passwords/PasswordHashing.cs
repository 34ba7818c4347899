using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>Makes and compares hashes of passwords, through the gate. Nothing else asks Identity's hasher.</summary>
public sealed class PasswordHashing(IPasswordHasher<PortalUser> hasher, HashGate gate)
{
    /// <exception cref="PortalBusyException"/>
    public Task<string> HashAsync(PortalUser user, string password, CancellationToken ct = default) =>
        gate.RunAsync(() => hasher.HashPassword(user, password), ct);

    /// <exception cref="PortalBusyException"/>
    public Task<PasswordVerificationResult> VerifyAsync(PortalUser user, string hash, string password, CancellationToken ct = default) =>
        gate.RunAsync(() => hasher.VerifyHashedPassword(user, hash, password), ct);
}
