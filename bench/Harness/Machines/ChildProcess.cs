using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ConcurrentSessions.Bench.Machines;

/// <summary>A process that the harness started, and stops by its id. What it prints goes to a file.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly ConcurrentDictionary<int, int> Running = [];

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly string logFile;
    private readonly int stopSignal;

    /// <summary>Whoever ends the harness ends what it started.</summary>
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var (id, signal) in Running)
        {
            _ = Kill(id, signal);
        }
    };

    private ChildProcess(Process process, string logFile, int stopSignal)
    {
        this.process = process;
        this.logFile = logFile;
        this.stopSignal = stopSignal;
        log = new StreamWriter(logFile) { AutoFlush = true };
        process.OutputDataReceived += Write;
        process.ErrorDataReceived += Write;
    }

    public int Id => process.Id;

    /// <param name="interrupt">Stops by SIGINT, as PostgreSQL wants it for a fast shutdown; else by SIGTERM.</param>
    public static ChildProcess Start(
        string logFile, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null, bool interrupt = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start }, logFile, interrupt ? Interrupt : Terminate);
        child.process.Start();
        Running[child.Id] = child.stopSignal;
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}{await errors}");
    }

    public async Task WaitUntilAsync(Func<Task<bool>> ready)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await ready())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Patience * 3)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} did not start:\n{await File.ReadAllTextAsync(logFile)}");
            }

            await Pause.ForAsync(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>kill -9: it gets no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Resident bytes now.</summary>
    public async Task<long> ResidentAsync()
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{Id}/status");
        return long.Parse(lines.Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, stopSignal);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        Running.TryRemove(process.Id, out _);
        process.Dispose();
        await log.DisposeAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private void Write(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            if (line.Data is not null)
            {
                log.WriteLine(line.Data);
            }
        }
    }
}
