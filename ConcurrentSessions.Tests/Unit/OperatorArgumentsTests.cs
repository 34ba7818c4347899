using ConcurrentSessions.Web.Operator;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class OperatorArgumentsTests
{
    [Theory]
    [InlineData("users list")]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    [InlineData("frobnicate")]
    [InlineData("--Database:Provider=Sqlite users list")]
    public void A_word_or_a_call_for_help_is_for_the_operator(string args) => Assert.True(OperatorCommands.IsVerb(args.Split(' ')));

    [Theory]
    [InlineData("--urls http://localhost:5080")]
    [InlineData("--urls=http://localhost:5080")]
    [InlineData("--Database:Provider=Sqlite")]
    [InlineData("--Database:Provider Sqlite")]
    [InlineData("--environment=Development --contentRoot=x")]
    public void Settings_alone_start_the_portal(string args) => Assert.False(OperatorCommands.IsVerb(args.Split(' ')));

    [Fact]
    public void No_arguments_start_the_portal() => Assert.False(OperatorCommands.IsVerb([]));
}
