using ConcurrentSessions.Web.Components.Shared;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

public sealed class EndReasonTextTests
{
    public static TheoryData<EndReason> Reasons => [.. Enum.GetValues<EndReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_has_words_and_a_sentence_of_its_own(EndReason reason)
    {
        Assert.EndsWith(".", EndReasonText.Sentence(reason), StringComparison.Ordinal);
        Assert.All([EndReasonText.Words(reason), EndReasonText.Sentence(reason)],
            text => Assert.DoesNotContain(reason.ToString(), text, StringComparison.Ordinal));
        Assert.Single(Enum.GetValues<EndReason>(), r => EndReasonText.Words(r) == EndReasonText.Words(reason));
    }

    [Theory]
    [InlineData(EndReason.Evicted)]
    [InlineData(EndReason.ChosenToMakeRoom)]
    [InlineData(EndReason.Revoked)]
    public void What_another_device_caused_names_it_and_its_place(EndReason reason)
    {
        var newcomer = Portraits.Session("Edge on Windows", new Place("FR", "France", null, "Lyon", null, null));
        Assert.Contains("Edge on Windows, Lyon, France", EndReasonText.Sentence(reason, newcomer), StringComparison.Ordinal);
        Assert.Contains("Edge on Windows, Lyon, France", EndReasonText.Words(reason, newcomer), StringComparison.Ordinal);
        Assert.True(EndReasonText.MayBeSomebodyElse(reason));
    }

    [Fact]
    public void An_administrator_is_never_named_by_their_device()
    {
        var office = Portraits.Session("Chrome on Windows");
        Assert.DoesNotContain("Chrome", EndReasonText.Sentence(EndReason.RevokedByAdministrator, office), StringComparison.Ordinal);
        Assert.DoesNotContain("Chrome", EndReasonText.Words(EndReason.RevokedByAdministrator, office), StringComparison.Ordinal);
    }
}
