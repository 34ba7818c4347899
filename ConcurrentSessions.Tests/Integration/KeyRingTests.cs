using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>The Data Protection keys: forms and half-finished sign-ins hang on them, sessions do not.</summary>
[Trait("Check", "S48")]
public sealed class KeyRingTests : IAsyncLifetime
{
    private const string Secret = "correct horse";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    private (string Name, string Value)[] Typed => [("Input.Email", ada.Email!), ("Input.Password", PortalFactory.Password)];

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(portal.Database.Folder, "keys.pfx");
        await File.WriteAllBytesAsync(file, NewCertificate().Export(X509ContentType.Pkcs12, Secret));
        portal.With("DataProtection:Certificate", file);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_restart_without_the_old_keys_signs_nobody_out_and_spoils_only_open_forms()
    {
        portal.With("DataProtection:Certificate", null);
        ada = await portal.AddUserAsync("ada@portal.example");
        await portal.EnrolAsync(await portal.AddUserAsync("bob@portal.example"));
        using var laptop = portal.NewVisitor();
        using var stranger = portal.NewVisitor();
        using var halfway = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        await halfway.SignInAsync("bob@portal.example");
        var form = await stranger.OpenFormAsync("/Account/Login", "login");

        await portal.InDatabaseAsync(db => db.DataProtectionKeys.ExecuteDeleteAsync());
        await using var restarted = portal.AnotherNode();
        using var laptopAfter = laptop.At(restarted);
        using var strangerAfter = stranger.At(restarted);
        using var halfwayAfter = halfway.At(restarted);

        Assert.True(await laptopAfter.IsSignedInAsync());
        using var ready = await laptopAfter.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var stale = await strangerAfter.PostAsync("/Account/Login", [.. form, .. Typed]);
        Assert.Equal(HttpStatusCode.BadRequest, stale.StatusCode);
        using var fresh = await strangerAfter.SignInAsync(ada.Email!);
        Assert.Equal(HttpStatusCode.Found, fresh.StatusCode);
        using var begunAgain = await halfwayAfter.GetAsync("/Account/LoginWith2fa");
        Assert.True(begunAgain.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found, $"{begunAgain.StatusCode}");
        await laptopAfter.SignOutAsync();
        Assert.False(await laptopAfter.IsSignedInAsync());
    }

    [Fact]
    public async Task With_a_certificate_no_key_lies_in_the_database_in_clear_and_every_node_that_has_it_reads_them()
    {
        portal.With("DataProtection:CertificatePassword", Secret);
        ada = await portal.AddUserAsync("ada@portal.example");
        await using var other = portal.AnotherNode();
        using var here = portal.NewVisitor();
        using var there = here.At(other);
        var form = await here.OpenFormAsync("/Account/Login", "login");
        using var answer = await there.PostAsync("/Account/Login", [.. form, .. Typed]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);

        var keys = await portal.InDatabaseAsync(db => db.DataProtectionKeys.Select(k => k.Xml!).ToListAsync());
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Contains("EncryptedData", key, StringComparison.Ordinal));
        Assert.All(keys, key => Assert.DoesNotContain("masterKey", key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("another password")]
    [InlineData(null)]
    public async Task A_certificate_that_does_not_open_stops_the_start_with_one_line(string? password)
    {
        var file = Path.Combine(portal.Database.Folder, "keys.pfx");
        var (code, said) = await PortalProcess.StartAsync(("DataProtection:Certificate", file), ("DataProtection:CertificatePassword", password));
        Assert.Equal(
            (1, $"DataProtection:Certificate is '{file}'; it must be a PKCS #12 file that DataProtection:CertificatePassword opens."), (code, said));
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=portal keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
