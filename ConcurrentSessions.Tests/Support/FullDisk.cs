using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ConcurrentSessions.Tests.Support;

/// <summary>As long as it lives, SQLite finds no room for one more page in files whose path contains these words. (Its limit is one of each connection.)</summary>
internal sealed class FullDisk : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const long NoLimit = 4_294_967_294;

    private readonly string folder;
    private readonly List<IDisposable> subscriptions = [];
    private volatile bool isFull = true;

    private FullDisk(string folder) => this.folder = folder;

    public static FullDisk Under(string folder)
    {
        var disk = new FullDisk(folder);
        disk.subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(disk));
        return disk;
    }

    /// <summary>There is room again.</summary>
    public void Clear() => isFull = false;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Microsoft.EntityFrameworkCore.DbLoggerCategory.Name)
        {
            subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == RelationalEventId.ConnectionOpened.Name && value.Value is ConnectionEndEventData { Connection: var connection }
            && connection.DataSource.StartsWith(folder, StringComparison.Ordinal))
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count={(isFull ? 1 : NoLimit)}"; // never below what there is
            command.ExecuteNonQuery();
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => subscriptions.ForEach(s => s.Dispose());
}
