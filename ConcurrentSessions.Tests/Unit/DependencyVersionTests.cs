using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

/// <summary>Versions below which something known is wrong; what `dotnet list package --vulnerable` says beyond that is in docs/security-browser.md.</summary>
[Trait("Check", "S58")]
public sealed class DependencyVersionTests
{
    [Theory]
    [InlineData("MailKit", "4.16.0")]
    [InlineData("MimeKit", "4.15.1")]
    [InlineData("Npgsql", "10.0.0")]
    [InlineData("Microsoft.AspNetCore.DataProtection.EntityFrameworkCore", "10.0.7")]
    public void A_package_is_not_older_than_its_last_known_fault(string package, string least)
    {
        var file = Path.ChangeExtension(typeof(Program).Assembly.Location, ".deps.json");
        using var dependencies = JsonDocument.Parse(File.ReadAllText(file));
        var library = dependencies.RootElement.GetProperty("libraries").EnumerateObject().Select(l => l.Name.Split('/')).Single(l => l[0] == package);
        Assert.True(Version.Parse(library[1].Split('-')[0]) >= Version.Parse(least), $"{package} is {library[1]}");
    }

    [Fact]
    public void The_runtime_is_not_older_than_the_last_fault_of_its_data_protection()
    {
        var version = typeof(IDataProtector).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', '-')[0];
        Assert.True(Version.Parse(version) >= new Version(10, 0, 7), $"The runtime is {version}");
    }
}
