using ConcurrentSessions.Bench;
using ConcurrentSessions.Bench.Scenes;
using ConcurrentSessions.Bench.Stage;

IFault[] faults = [new Kill(), new Restart(), new Cut(), new Channel(), new Clock(), new Disk(), new Keys(), new Flood()];
var isShort = args.Contains("--short");
var wanted = args.Skip(1).Where(a => a != "--short").ToList();
if (args.Length == 0 || wanted.Except(faults.Select(f => f.Name)).FirstOrDefault() is { } stranger && stranger.Length > 0)
{
    await Console.Error.WriteLineAsync($"Start it by bench/faults.sh [--short] [{string.Join(" | ", faults.Select(f => f.Name))} ...]");
    return 2;
}

var report = new Report();
foreach (var fault in faults.Where(f => wanted.Count == 0 || wanted.Contains(f.Name)))
{
    Say.Line($"== {fault.Name}");
    report.Begin(fault.Name);
    try
    {
        await fault.PlayAsync(args[0], isShort, report);
    }
    catch (Exception failure)
    {
        // The other faults are still worth knowing about.
        report.Broken("came to its end", failure.Message);
        await Console.Error.WriteLineAsync($"{fault.Name} failed: {failure}");
    }
}

Console.WriteLine(report);
return report.AllHeld ? 0 : 1;
