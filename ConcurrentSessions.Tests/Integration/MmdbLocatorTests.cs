using System.Net;
using System.Security.Cryptography;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Locations;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class MmdbLocatorTests : IDisposable
{
    private static readonly IPAddress London = IPAddress.Parse("81.2.69.142");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portal-mmdb-");
    private readonly FakeTimeProvider clock = new(new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    [Trait("Check", "S51")]
    public void A_missing_file_makes_places_unknown_and_is_named() => AssertUnknown(File("missing.mmdb"), "it does not exist");

    [Fact]
    [Trait("Check", "S51")]
    public void An_empty_file_makes_places_unknown_and_is_named() => AssertUnknown(File("empty.mmdb", []), "it is empty");

    [Fact]
    [Trait("Check", "S51")]
    public void Random_bytes_make_places_unknown_and_are_named() =>
        AssertUnknown(File("random.mmdb", RandomNumberGenerator.GetBytes(100_000)), "it cannot be read");

    [Fact]
    [Trait("Check", "S51")]
    public void A_folder_in_place_of_the_file_makes_places_unknown() => AssertUnknown(folder.FullName, "it does not exist");

    [Fact]
    public void A_flat_file_tells_city_region_and_country() =>
        Assert.Equal("London, England, United Kingdom", Locator(File("dbip-city.mmdb", TinyMmdb.Flat)).Find(London).Text);

    [Fact]
    public void A_nested_file_tells_city_region_country_and_time_zone()
    {
        var place = Locator(File("nested.mmdb", TinyMmdb.Nested)).Find(London);

        Assert.Equal(("London, England, United Kingdom", "GB", "Europe/London"), (place.Text, place.CountryCode, place.TimeZone));
    }

    [Fact]
    public void An_ipv4_address_in_ipv6_clothes_is_the_same_address() =>
        Assert.True(Locator(File("flat.mmdb", TinyMmdb.Flat)).Find(London.MapToIPv6()).IsKnown);

    [Fact]
    public void An_ipv6_address_is_not_looked_up_in_an_ipv4_file() =>
        Assert.False(Locator(File("flat.mmdb", TinyMmdb.Flat)).Find(IPAddress.Parse("5102:458e::1")).IsKnown);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.20.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    public void An_address_of_a_private_network_is_nowhere(string address) =>
        Assert.Equal(Place.Unknown, Locator(File("flat.mmdb", TinyMmdb.Flat)).Find(IPAddress.Parse(address)));

    [Fact]
    [Trait("Check", "S51")]
    public void Every_truncation_of_a_file_is_survived()
    {
        for (var length = 1; length < TinyMmdb.Nested.Length; length++)
        {
            Locator(File("cut.mmdb", TinyMmdb.Nested[..length])).Find(London);
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x7F)]
    [InlineData(0xFF)]
    [Trait("Check", "S51")]
    public void Any_one_wrong_byte_of_a_file_is_survived(byte wrong)
    {
        for (var at = 0; at < TinyMmdb.FarApart.Length; at++)
        {
            var bytes = (byte[])TinyMmdb.FarApart.Clone();
            bytes[at] = wrong;
            var place = Locator(File("wrong.mmdb", bytes)).Find(London);
            Assert.True(place.Text.Length > 0);
            Distance.Between(place.Latitude, place.Longitude, 51.5, -0.1);
        }
    }

    [Fact]
    [Trait("Check", "S51")]
    public void A_replaced_file_is_taken_up_within_a_minute_and_a_broken_one_never_throws()
    {
        var path = File("city.mmdb", TinyMmdb.Nested);
        var locator = Locator(path);
        Assert.True(locator.Find(London).IsKnown);

        File("city.mmdb", [1, 2, 3]);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(locator.Find(London).IsKnown);

        File("city.mmdb", TinyMmdb.Flat);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(locator.Find(London).IsKnown);
        Assert.Null(Assert.Single(locator.Databases).Problem);
    }

    [Fact]
    public void The_licence_of_the_loaded_file_is_credited_and_that_of_no_other()
    {
        Assert.Equal("IP Geolocation by DB-IP", Locator(File("dbip-city.mmdb", TinyMmdb.Flat)).Attribution?.Text);
        Assert.Null(Locator(File("own.mmdb", TinyMmdb.Flat)).Attribution);
        Assert.Null(Locator(File("dbip-missing.mmdb")).Attribution);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void AssertUnknown(string path, string problem)
    {
        var locator = Locator(path);

        Assert.Equal(Place.Unknown, locator.Find(London));
        Assert.StartsWith(problem, Assert.Single(locator.Databases).Problem, StringComparison.Ordinal);
    }

    private string File(string name, byte[]? content = null)
    {
        var path = Path.Combine(folder.FullName, name);
        if (content is not null)
        {
            System.IO.File.WriteAllBytes(path, content);
        }

        return path;
    }

    private MmdbLocator Locator(string path) =>
        new(Options.Create(new LocationOptions { Databases = [path] }), clock, NullLogger<MmdbLocator>.Instance);
}
