using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData("  Work laptop ", "Work laptop")]
    [InlineData("a\r\nb\tc\u0000d", "abcd")]
    [InlineData("evil\u202egpj.exe", "evilgpj.exe")]
    [InlineData("Ada’s 📱", "Ada’s 📱")]
    [InlineData("<b>bold</b>", "<b>bold</b>")]
    [InlineData(null, "")]
    public void What_was_typed_becomes_one_visible_line(string? typed, string text)
    {
        Assert.True(DeviceName.TryRead(typed, out var name, out var problem));
        Assert.Equal((text, null), (name.Text, problem));
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused_with_its_length()
    {
        Assert.True(DeviceName.TryRead(new string('x', Device.NameLength), out _, out _));
        Assert.False(DeviceName.TryRead(new string('x', 10_000), out _, out var problem));
        Assert.Equal("A device name has at most 64 characters; this one has 10000.", problem);
    }
}
