using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S13")]
public sealed class TotpTests
{
    // "12345678901234567890", the key of RFC 6238, appendix B.
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Key, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void The_current_step_and_the_one_before_are_looked_at(int steps, bool accepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var code = AuthenticatorApp.Code(Key, now.AddSeconds(30 * steps));
        Assert.Equal(accepted ? Totp.StepAt(now) + steps : null, Totp.StepOf(code, Key, now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("05924")]
    [InlineData("0005924")]
    [InlineData("٠٠٥٩٢٤")]
    public void What_is_not_six_digits_is_no_code(string typed) =>
        Assert.Null(Totp.StepOf(typed, Key, DateTimeOffset.FromUnixTimeSeconds(1234567890)));
}
