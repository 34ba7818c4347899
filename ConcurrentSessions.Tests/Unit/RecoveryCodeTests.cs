using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S14")]
public sealed class RecoveryCodeTests
{
    [Fact]
    public void A_code_has_120_random_bits_in_groups_that_people_can_read()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => RecoveryCode.New()).ToList();
        Assert.All(codes, code => Assert.Matches("^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){5}$", code));
        Assert.Distinct(codes);

        // 24 symbols of 5 bits; all 32 of them occur.
        Assert.Equal(32, codes.SelectMany(c => c).Where(c => c != '-').Distinct().Count());
    }

    [Theory]
    [InlineData("0123-4567-89ab-cdef-ghjk-mnpq")]
    [InlineData(" 0123 4567 89AB CDEF GHJK MNPQ ")]
    [InlineData("o1234567-89abcdefghjkmnpq")]
    [InlineData("OI23456789abcdefghjkmnpq")]
    [InlineData("0l23456789abcdefghjkmnpq")]
    public void Gaps_case_and_letters_that_look_like_digits_make_no_difference(string typed) =>
        Assert.Equal(RecoveryCode.HashOf("0123456789abcdefghjkmnpq"), RecoveryCode.HashOf(typed));
}
