using System.Text.Json;
using ConcurrentSessions.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Checkpoints outside the database, a line of JSON each: who cuts off the ledger's end there, checkpoints and all, does not cut it off here.</summary>
public sealed class CheckpointFile(IDbContextFactory<PortalDbContext> databases, IOptions<AuditSettings> settings, ILogger<CheckpointFile> logger)
{
    private readonly Lock writing = new();
    private readonly Lazy<string?> path = new(() => PathOf(databases, settings.Value.CheckpointFile));
    private long? copied;

    /// <summary>Null when there is none.</summary>
    public string? FilePath => path.Value;

    /// <summary>Appends it, unless it is the one that was appended last.</summary>
    public void Append(Checkpoint checkpoint)
    {
        if (FilePath is not { } file)
        {
            return;
        }

        lock (writing)
        {
            if (copied == checkpoint.Id)
            {
                return;
            }

            try
            {
                // The line break goes first: after a line that a crash left unfinished a new one begins.
                using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                stream.Write([(byte)'\n', .. JsonSerializer.SerializeToUtf8Bytes(CheckpointLine.Of(checkpoint), LedgerJson.Options)]);
                stream.Flush(flushToDisk: true);
                copied = checkpoint.Id;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning("The checkpoint cannot be appended to {File}: {Reason}", file, failure.Message);
            }
        }
    }

    /// <summary>What it holds; lines that are none are left out.</summary>
    public IEnumerable<Checkpoint> Read() => FilePath is { } file && File.Exists(file)
        ? File.ReadLines(file).Select(CheckpointLine.Read).OfType<Checkpoint>()
        : [];

    private static string? PathOf(IDbContextFactory<PortalDbContext> databases, string configured)
    {
        if (configured.Length > 0)
        {
            return DataFolder.Resolve(configured);
        }

        using var db = databases.CreateDbContext();
        return db.Database.IsSqlite() ? new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource + ".checkpoints" : null;
    }
}
