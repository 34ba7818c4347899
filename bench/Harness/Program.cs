using ConcurrentSessions.Bench;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Parts;
using ConcurrentSessions.Bench.Reports;

IPart[] parts = [new Throughput(), new SignInCost(), new Race(), new Revocation(), new Growth(), new Memory(), new AuditWrites()];
string[] names = [.. parts.Select(p => p.Name)];
Arguments arguments;
try
{
    arguments = Arguments.Read(args, names);
}
catch (ArgumentException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 2;
}

await using var bench = await Workbench.OpenAsync(arguments);
var measured = await Machine.DescribeAsync(bench);
Say.Line(measured);
var failed = 0;
foreach (var part in parts.Where(p => arguments.Parts.Contains(p.Name)))
{
    Say.Line($"== {part.Name}");
    try
    {
        var result = new ResultFile(part.Name, measured, arguments.Rounds, await part.MeasureAsync(bench));
        await result.WriteAsync(arguments.ResultFolder);
        Console.WriteLine(result.Markdown());
    }
    catch (Exception failure)
    {
        // The other parts are still worth having.
        failed++;
        await Console.Error.WriteLineAsync($"{part.Name} failed: {failure}");
    }
}

if (!arguments.Quick)
{
    await PerformancePage.WriteAsync(arguments, names);
}

return failed == 0 ? 0 : 1;
