using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Components.My;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

public sealed class HistoryEntryTests
{
    [Fact]
    public void Sessions_and_failures_stand_in_one_order_the_latest_first()
    {
        var entries = HistoryEntry.Merge(
            [Portraits.Session(started: Portraits.Noon.AddHours(-1)), Portraits.Session(started: Portraits.Noon.AddHours(-3))],
            [Failure(Portraits.Noon.AddHours(-2))]);
        Assert.Equal([false, true, false], entries.Select(e => e.Failure is not null));
    }

    [Fact]
    public void A_session_that_time_has_ended_is_not_called_active_before_the_sweeper_has_come()
    {
        var entry = HistoryEntry.Of(Portraits.Session());
        var later = Portraits.Noon.AddMinutes(30);
        Assert.Equal("Active", entry.Outcome(Portraits.Noon, _ => null));
        Assert.Equal("Not used for too long", entry.Outcome(later, _ => null));
        Assert.Equal(Portraits.Noon.AddMinutes(25), entry.EndedAt(later));
    }

    [Fact]
    [Trait("Check", "S59")]
    public void The_last_sign_in_is_the_one_before_this_and_counts_what_failed_since()
    {
        var (current, before, older) = (
            Portraits.Session(started: Portraits.Noon), Portraits.Session("Phone", started: Portraits.Noon.AddDays(-1)),
            Portraits.Session(started: Portraits.Noon.AddDays(-9)));
        var last = LastSignIn.Before(current, [current, before, older], [Failure(Portraits.Noon.AddHours(-1)), Failure(Portraits.Noon.AddDays(-2))],
            [Change(Portraits.Noon.AddHours(-2)), Change(Portraits.Noon.AddDays(-3))]);
        Assert.Equal(before, last.Previous);
        Assert.Single(last.FailuresSince);
        Assert.Equal("Password changed", LastSignIn.Words(Assert.Single(last.ChangesSince)));
    }

    private static AuditEvent Change(DateTimeOffset at) =>
        AuditEvent.Of(AuditNames.CredentialsChanged, Actor.Person("ada", null, null), at, subject: "ada", reason: "PasswordChanged");

    private static AuditEvent Failure(DateTimeOffset at) =>
        AuditEvent.Of(AuditNames.SignInFailed, Actor.Visitor("203.0.113.7"), at, AuditOutcome.Failed, "ada", reason: "wrong password");
}
