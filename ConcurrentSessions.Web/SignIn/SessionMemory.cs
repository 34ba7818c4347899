using System.Collections.Concurrent;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Sessions this node has read lately, so that a request costs no query. An entry is used only while nothing was heard about
/// its user since it was read, and only while this node hears: five seconds after the last word it counts for nothing.
/// Administrators are never remembered: what they may do is read every time. Nor is who still lacks a second factor: they may have it by now.
/// </summary>
public sealed class SessionMemory(NodeKnowledge knowledge, IOptions<SessionSettings> settings, TimeProvider clock)
{
    /// <summary>How long an entry is believed without a word from the database; with what a request itself takes, under 5 s.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(4);

    private readonly long mostBytes = (long)settings.Value.CacheMegabytes << 20;
    private readonly ConcurrentDictionary<KeyHash, Entry> byKey = new();
    private readonly ConcurrentDictionary<SessionId, Entry> byId = new();
    private long bytes;
    private int tidying;

    /// <summary>How many sessions are remembered; some may have ended meanwhile.</summary>
    public int Count => byKey.Count;

    /// <summary>Take one before reading what is to be remembered.</summary>
    public Reading StartReading() => new(knowledge.Mark(), clock.GetTimestamp());

    public SignedIn? Find(in KeyHash key) => byKey.TryGetValue(key, out var entry) ? Checked(entry) : null;

    public SignedIn? Find(SessionId id) => byId.TryGetValue(id, out var entry) ? Checked(entry) : null;

    public void Remember(in KeyHash key, SignedIn session, Reading reading)
    {
        if (session.Principal.IsInRole(Roles.Admin) || session.Principal.IsInRole(Roles.Auditor) || session.MustEnrol)
        {
            return;
        }

        var entry = new Entry(key, session, reading);
        Forget(session.Id);
        if (byKey.TryAdd(key, entry))
        {
            byId[session.Id] = entry;
            Interlocked.Add(ref bytes, entry.Bytes);
        }

        if (Volatile.Read(ref bytes) > mostBytes && Interlocked.Exchange(ref tidying, 1) == 0)
        {
            MakeRoom();
            Volatile.Write(ref tidying, 0);
        }
    }

    public void Forget(SessionId id)
    {
        if (byId.TryRemove(id, out var entry) && byKey.TryRemove(new(entry.Key, entry)))
        {
            Interlocked.Add(ref bytes, -entry.Bytes);
        }
    }

    private SignedIn? Checked(Entry entry)
    {
        var session = entry.Session;
        if (knowledge.HasChangedSince(entry.Reading.Mark, session.UserId) || session.ExpiresAt <= clock.GetUtcNow())
        {
            Forget(session.Id);
            return null;
        }

        return knowledge.Silence < Trust || clock.GetElapsedTime(entry.Reading.At) < Trust ? session : null;
    }

    // The least recently used tenth goes.
    private void MakeRoom()
    {
        var entries = byId.Values.OrderBy(e => e.Session.LastSeen.At).ToList();
        foreach (var entry in entries.Take((entries.Count / 10) + 1))
        {
            Forget(entry.Session.Id);
        }
    }

    /// <summary>Where this node's knowledge stood when a reading began.</summary>
    public readonly record struct Reading(long Mark, long At);

    private sealed class Entry(KeyHash key, SignedIn session, Reading reading)
    {
        // Objects, dictionary nodes and claims without their texts, as measured by bench/run.sh memory.
        private const int Fixed = 1400;

        public KeyHash Key => key;

        public SignedIn Session => session;

        public Reading Reading => reading;

        public int Bytes { get; } = Fixed + (session.Principal.Claims.Sum(c => c.Value.Length) * sizeof(char));
    }
}
