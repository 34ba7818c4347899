using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>A person's sign-ins and failed attempts, for the page and for the files made of it.</summary>
public sealed class SignInHistory(SessionList list)
{
    /// <summary>So many sessions, and so many failed attempts.</summary>
    public const int Most = 100;

    /// <summary>The latest first.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> ReadAsync(string userId, CancellationToken ct) =>
        HistoryEntry.Merge(await list.HistoryAsync(userId, Most, ct), await list.FailuresAsync(userId, Most, ct));

    /// <summary>A session among the entries: of others, like an administrator's, nothing is said.</summary>
    public static SessionView? Find(IReadOnlyList<HistoryEntry> entries, SessionId id) => entries.FirstOrDefault(e => e.Session?.Id == id)?.Session;

    /// <summary>Reads a word of an address; every other word, and none, is no filter.</summary>
    public static bool TryReadFilter(string? word, out HistoryFilter filter) =>
        Enum.TryParse(word, ignoreCase: true, out filter) && Enum.IsDefined(filter);
}
