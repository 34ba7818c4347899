using System.Globalization;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// A file beside the database says which epoch it is in and how far its audit trail had come. A copy that is put back has the
/// same epoch but a shorter trail; a copy that is put elsewhere has no such file.
/// </summary>
internal sealed class SqliteEpochMark(ILogger<SqliteEpochMark> logger) : IEpochMark
{
    private (string Epoch, long Trail)? kept;

    public async Task<DatabaseIs> LookAsync(PortalDbContext db, CancellationToken ct)
    {
        if (await EpochAsync(db, ct) is not { } epoch)
        {
            return DatabaseIs.New;
        }

        var mark = kept ??= Read(FileOf(db));
        var trail = await TrailAsync(db, ct);
        if (mark?.Epoch != epoch || trail < mark?.Trail)
        {
            return DatabaseIs.ACopy;
        }

        if (trail > mark?.Trail)
        {
            Write(FileOf(db), (epoch, trail));
        }

        return DatabaseIs.TheSame;
    }

    public Task<string> NextAsync(PortalDbContext db, CancellationToken ct) => Task.FromResult(Guid.NewGuid().ToString("N"));

    public async Task KeepAsync(PortalDbContext db, CancellationToken ct) => Write(FileOf(db), ((await EpochAsync(db, ct))!, await TrailAsync(db, ct)));

    private static Task<string?> EpochAsync(PortalDbContext db, CancellationToken ct) =>
        db.Epochs.AsNoTracking().Select(e => (string?)e.Fingerprint).SingleOrDefaultAsync(ct);

    private static async Task<long> TrailAsync(PortalDbContext db, CancellationToken ct) => await db.AuditEvents.MaxAsync(e => (long?)e.Sequence, ct) ?? 0;

    private static string FileOf(PortalDbContext db) =>
        new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource + ".epoch";

    private static (string, long)? Read(string file) =>
        File.Exists(file) && File.ReadAllText(file).Split(' ') is [var epoch, var number] && long.TryParse(number, CultureInfo.InvariantCulture, out var trail)
            ? (epoch, trail)
            : null;

    private void Write(string file, (string Epoch, long Trail) mark)
    {
        kept = mark; // also when it cannot be written: for this process it is so
        try
        {
            // Never half a file: written beside, then put in its place.
            File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{mark.Epoch} {mark.Trail}"));
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The mark beside the database cannot be written: {Reason}", failure.Message);
        }
    }
}
