using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A portal whose password hashes are counted, and held back while a test wants them to be.</summary>
public sealed class HashingPortal : PortalFactory
{
    public CountedHasher Hasher { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<PortalUser>>(Hasher)));
    }

    public override async ValueTask DisposeAsync()
    {
        Hasher.LetGo();
        await base.DisposeAsync();
        Hasher.Dispose();
    }
}

/// <summary>Identity's hasher with few rounds.</summary>
public sealed class CountedHasher() : PasswordHasher<PortalUser>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })), IDisposable
{
    private readonly ManualResetEventSlim free = new(initialState: true);
    private int made;
    private int compared;
    private int running;
    private int most;

    /// <summary>Hashes of new passwords.</summary>
    public int Made => made;

    /// <summary>Passwords compared with a hash.</summary>
    public int Compared => compared;

    /// <summary>At this moment, those held back included.</summary>
    public int Running => running;

    public int MostAtOnce => most;

    public void HoldBack() => free.Reset();

    public void LetGo() => free.Set();

    public void Dispose() => free.Dispose();

    public override string HashPassword(PortalUser user, string password)
    {
        Interlocked.Increment(ref made);
        return Watched(() => base.HashPassword(user, password));
    }

    public override PasswordVerificationResult VerifyHashedPassword(PortalUser user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref compared);
        return Watched(() => base.VerifyHashedPassword(user, hashedPassword, providedPassword));
    }

    private T Watched<T>(Func<T> hash)
    {
        var now = Interlocked.Increment(ref running);
        int before;
        while ((before = most) < now && Interlocked.CompareExchange(ref most, now, before) != before)
        {
        }

        try
        {
            free.Wait();
            return hash();
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }
}
