using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Users, roles and sessions on a database of their own: no host, no requests, a clock the test moves.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly ThrowAwayDatabase database;
    private readonly ServiceProvider services;

    private TestDatabase(ThrowAwayDatabase database)
    {
        this.database = database;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(database.Settings).Build();
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(Clock)
            .AddPortalDatabase(configuration)
            .AddAuditTrail()
            .AddSessionRegistry()
            .AddUserAdministration()
            .BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    public static async Task<TestDatabase> NewAsync()
    {
        var database = new TestDatabase(ThrowAwayDatabase.New());
        await database.services.MigratePortalDatabaseAsync();
        await database.InAsync(async db =>
        {
            db.Roles.AddRange(Role(Roles.Admin), Role(Roles.User));
            return await db.SaveChangesAsync();
        });
        return database;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public async Task<T> InAsync<T>(Func<PortalDbContext, Task<T>> act)
    {
        await using var db = await Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await act(db);
    }

    /// <returns>The user's id.</returns>
    public Task<string> AddUserAsync(string name, params string[] roles) => InAsync(async db =>
    {
        var email = $"{name}@test.example";
        var user = new PortalUser
        {
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true,
            SecurityStamp = "stamp",
            CreatedAt = Clock.GetUtcNow(),
        };
        db.Users.Add(user);
        var ids = await db.Roles.Where(r => roles.Contains(r.Name)).Select(r => r.Id).ToListAsync();
        db.UserRoles.AddRange(ids.Select(id => new IdentityUserRole<string> { UserId = user.Id, RoleId = id }));
        await db.SaveChangesAsync();
        return user.Id;
    });

    /// <summary>Signs the user in from one more device, a minute after whatever was before.</summary>
    public async Task<SessionId> SignInAsync(string userId, string ipAddress = "192.0.2.1")
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        var generation = await InAsync(db => db.Users.Where(u => u.Id == userId).Select(u => u.Generation).SingleAsync());
        var client = new ClientDescription(ipAddress, "test", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown);
        var outcome = await Get<SessionRegistry>().OpenAsync(
            new(userId, generation, AuthenticationMethod.Password, client, Remember: false, DeviceKey: null, CurrentKey: null, []), default);
        return Assert.IsType<SignInOutcome.Started>(outcome).Session.Id;
    }

    /// <summary>The user as the actor of what they do in a session of theirs.</summary>
    public async Task<Actor> ActorAsync(string userId) => Actor.Person(userId, (await SignInAsync(userId)).Value, "192.0.2.1");

    public async Task<IReadOnlyList<SessionId>> ActiveAsync(string userId) =>
        [.. (await Get<SessionList>().ActiveAsync(userId, default)).OrderBy(s => s.StartedAt).Select(s => s.Id)];

    public Task<List<AuditEvent>> AuditAsync(string name) =>
        InAsync(db => db.AuditEvents.AsNoTracking().Where(e => e.Name == name).OrderBy(e => e.Sequence).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        database.Dispose();
    }

    private static IdentityRole Role(string name) => new(name) { NormalizedName = name.ToUpperInvariant() };
}
