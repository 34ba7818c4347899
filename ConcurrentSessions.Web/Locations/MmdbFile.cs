using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Web.Sessions;
using MaxMind.Db;

namespace ConcurrentSessions.Web.Locations;

/// <summary>
/// One database file, taken up again within a minute of being replaced. It is read into memory, not mapped:
/// cutting short a file that is mapped kills the process.
/// </summary>
internal sealed class MmdbFile(string path, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private volatile MmdbContent? content;
    private long checkedAt;
    private volatile string? lookUpProblem;

    public string Path => path;

    /// <summary>What is wrong with the file, as far as seen; null when nothing is.</summary>
    public string? Problem => Current.Problem ?? lookUpProblem;

    public MmdbContent Current
    {
        get
        {
            if (content is { } known && clock.GetElapsedTime(Interlocked.Read(ref checkedAt)) < CheckEvery)
            {
                return known;
            }

            lock (gate)
            {
                if (content is null || clock.GetElapsedTime(checkedAt) >= CheckEvery)
                {
                    content = Refresh(content);
                    Interlocked.Exchange(ref checkedAt, clock.GetTimestamp());
                }

                return content;
            }
        }
    }

    public Place Find(IPAddress address)
    {
        var current = Current;
        // An IPv4-only file answers an IPv6 address wrongly instead of not at all.
        if (current.Reader is not { } reader || (address.AddressFamily is AddressFamily.InterNetworkV6 && reader.Metadata.IPVersion == 4))
        {
            return Place.Unknown;
        }

        try
        {
            return reader.Find<Dictionary<string, object>>(address) is { } entry ? MmdbPlace.From(entry) : Place.Unknown;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A damaged file fails in as many ways as there are bytes. Said once: the next look-up will likely fail alike.
            if (Interlocked.CompareExchange(ref lookUpProblem, $"it is damaged ({error.Message.TrimEnd('.')})", null) is null)
            {
                logger.LogWarning("Location database {Path} could not answer: {Problem}.", path, lookUpProblem);
            }

            return Place.Unknown;
        }
    }

    /// <summary>Gives back the memory at once: the reader keeps it where the garbage collector does not see how much it is.</summary>
    public void Dispose() => content?.Reader?.Dispose();

    // The old reader is left to the garbage collector: somebody may be reading.
    private MmdbContent Refresh(MmdbContent? before)
    {
        var file = new FileInfo(path);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (before is { Problem: null } && before.Stamp == stamp)
        {
            return before;
        }

        lookUpProblem = null;
        var now = Load(stamp);
        if (now.Problem is not null && now.Problem != before?.Problem)
        {
            logger.LogWarning("Location database {Path} is not used: {Problem}. Places it would tell are unknown.", path, now.Problem);
        }

        return now;
    }

    private MmdbContent Load((DateTime, long Length) stamp)
    {
        if (stamp.Length == 0)
        {
            return new(null, stamp, File.Exists(path) ? "it is empty" : "it does not exist");
        }

        try
        {
            return new(new Reader(path, FileAccessMode.Memory), stamp, null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new(null, stamp, error is UnauthorizedAccessException ? "it may not be read" : $"it cannot be read ({error.Message.TrimEnd('.')})");
        }
    }
}

/// <summary>What was in the file when it was last looked at.</summary>
internal sealed record MmdbContent(Reader? Reader, (DateTime WrittenAt, long Length) Stamp, string? Problem)
{
    private static readonly LocationAttribution DbIp = new("IP Geolocation by DB-IP", new("https://db-ip.com/"));
    private static readonly LocationAttribution GeoLite = new("GeoLite Data created by MaxMind", new("https://www.maxmind.com/"));

    // ip-location-db says whose data it is in the name of the file only.
    public LocationAttribution? AttributionFor(string path) => Reader is null ? null
        : Says(path, "dbip") || Says(path, "DB-IP") ? DbIp
        : Says(path, "GeoLite") ? GeoLite
        : null;

    private bool Says(string path, string maker) =>
        Path.GetFileName(path).Contains(maker, StringComparison.OrdinalIgnoreCase)
        || Reader!.Metadata.DatabaseType.Contains(maker, StringComparison.OrdinalIgnoreCase);

    public DateTimeOffset? BuiltAt => Reader is null ? null : new DateTimeOffset(Reader.Metadata.BuildDate, TimeSpan.Zero);
}
