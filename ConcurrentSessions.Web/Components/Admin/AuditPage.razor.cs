using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Components;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>The trail; every filter stands in the address.</summary>
public sealed partial class AuditPage(AuditTrail trail, UserDirectory directory)
{
    private const int Step = 50;

    private List<AuditEntry>? entries;
    private AuditFilter filter = new();
    private string? unknown;
    private bool more;

    [SupplyParameterFromQuery(Name = "event")]
    private string? EventTyped { get; set; }

    [SupplyParameterFromQuery(Name = "outcome")]
    private string? OutcomeTyped { get; set; }

    [SupplyParameterFromQuery(Name = "user")]
    private string? User { get; set; }

    [SupplyParameterFromQuery(Name = "by")]
    private string? By { get; set; }

    [SupplyParameterFromQuery(Name = "text")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromTyped { get; set; }

    /// <summary>The last day shown.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    private string? ToTyped { get; set; }

    private string Name => EventTyped is { } name && AuditWords.Names.Contains(name) ? name : "";

    private AuditOutcome? Outcome =>
        Enum.GetNames<AuditOutcome>().Contains(OutcomeTyped, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<AuditOutcome>(OutcomeTyped!, ignoreCase: true) : null;

    protected override Task OnParametersSetAsync() => LoadAsync();

    protected override async Task ReadAsync(CancellationToken ct)
    {
        unknown = null;
        var to = AuditTimes.Read(ToTyped);
        filter = new(Name, null, Outcome, From: AuditTimes.Read(FromTyped), Until: to < DateTimeOffset.MaxValue.AddDays(-1) ? to.Value.AddDays(1) : to, Text: Text);
        filter = filter with { UserId = await UserIdAsync(User, ct), ActorId = await UserIdAsync(By, ct) };
        if ((Asked(User) && filter.UserId is null) || (Asked(By) && filter.ActorId is null))
        {
            (entries, more) = ([], false);
            return;
        }

        entries = await NextAsync(null, ct);
    }

    private Task LoadMoreAsync() => LoadAsync(async ct =>
    {
        if (entries is [.., var last])
        {
            entries = [.. entries, .. await NextAsync(last.Event.Sequence, ct)];
        }
    });

    private async Task<List<AuditEntry>> NextAsync(long? before, CancellationToken ct)
    {
        // One more than is shown tells whether there is more.
        var read = await trail.ReadAsync(filter, before, Step + 1, ct);
        more = read.Count > Step;
        return [.. read.Take(Step)];
    }

    private static bool Asked(string? typed) => !string.IsNullOrWhiteSpace(typed);

    // A whole address, a part that only one user has, or the id of an account that is gone.
    private async Task<string?> UserIdAsync(string? written, CancellationToken ct)
    {
        if (written?.Trim() is not { Length: > 0 } typed || Guid.TryParse(typed, out _))
        {
            return Asked(written) ? written!.Trim() : null;
        }

        var found = await directory.SearchAsync(typed, null, 0, ct);
        var user = found.Users.FirstOrDefault(u => u.Email.Equals(typed, StringComparison.OrdinalIgnoreCase))
            ?? (found.Total == 1 ? found.Users[0] : null);
        unknown = user is not null ? unknown
            : found.Total == 0 ? $"There is no user with “{typed}” in their address."
            : $"{PanelWords.Count(found.Total, "user")} have “{typed}” in their address. Type more of it.";
        return user?.Id;
    }

    // One filter changes, the others stay.
    private void ShowEvents(string filterName, string? value) =>
        Show(new() { [filterName] = string.IsNullOrWhiteSpace(value) ? null : value.Trim() });
}
