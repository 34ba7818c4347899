using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class PlaceTests
{
    private static readonly Place Lyon = new("FR", "France", "Auvergne-Rhône-Alpes", "Lyon", 45.75, 4.85);

    [Fact]
    public void A_place_reads_from_the_city_outwards() =>
        Assert.Equal("Lyon, Auvergne-Rhône-Alpes, France", Lyon.Text);

    [Fact]
    public void A_place_says_what_is_known_of_it() =>
        Assert.Equal("France", new Place("FR", "France", null, null, null, null).Text);

    [Fact]
    public void A_city_that_is_its_own_region_is_said_once() =>
        Assert.Equal("Berlin, Germany", new Place("DE", "Germany", "Berlin", "Berlin", null, null).Text);

    [Fact]
    public void An_unknown_place_says_so()
    {
        Assert.False(Place.Unknown.IsKnown);
        Assert.Equal("Unknown place", Place.Unknown.Text);
    }

    [Fact]
    public void Another_city_of_the_region_is_no_new_location() =>
        Assert.Equal(KnownLocation.KeyOf(Lyon), KnownLocation.KeyOf(Lyon with { City = "Grenoble" }));

    [Fact]
    public void The_same_region_name_in_another_country_is_a_new_location() =>
        Assert.NotEqual(KnownLocation.KeyOf(Lyon), KnownLocation.KeyOf(Lyon with { CountryCode = "CA" }));

    [Fact]
    [Trait("Check", "S51")]
    public void All_unknown_places_are_one_location() =>
        Assert.Equal(KnownLocation.KeyOf(Place.Unknown), KnownLocation.KeyOf(Place.Unknown with { Latitude = 1 }));
}
