using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>What a live session costs a node once it was used, and what an open page costs: garbage is collected before each weighing.</summary>
internal sealed class Memory : IPart
{
    private const string Database = "memory";
    private const long Gibibyte = 1L << 30;

    /// <summary>So many weighings, and the step between two of them is what counts: five steps.</summary>
    private const int Steps = 5;

    public string Name => "memory";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        var (sessions, circuits) = (bench.Arguments.Amount(4000, 400), bench.Arguments.Amount(40, 5));
        var (warmUp, all) = (bench.Arguments.Amount(2000, 200), (Steps + 1) * sessions);
        await SeededPortal.MakeAsync(bench, Database, all, all);
        var port = FreePort.Next();
        await using var node = await bench.StartPortalAsync(Database, more: new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = Path.Combine(bench.Arguments.WorkFolder, "probe", "HeapProbe.dll"),
            ["HEAP_PROBE_PORT"] = $"{port}",
        });
        var open = new List<RawCircuit>();
        try
        {
            await UseAsync(node.Address, 0, warmUp);
            var empty = await WeighAsync(node, port);
            var bySession = await StepsAsync(node, port, step => UseAsync(node.Address, warmUp + (step * sessions), sessions));
            await OpenAsync(node.Address, 0, circuits, open); // warms up
            var byCircuit = await StepsAsync(node, port, step => OpenAsync(node.Address, (step + 1) * circuits, circuits, open));
            return Report(empty, bySession, sessions, byCircuit, circuits);
        }
        finally
        {
            foreach (var circuit in open)
            {
                await circuit.DisposeAsync();
            }
        }
    }

    private static async Task UseAsync(Uri node, int first, int count)
    {
        var answers = await Crowd.EachAsync(count, i => Visitor.With(SessionRows.Cookie(first + i)).GetAsync(node, "/api/session"));
        if (answers.Any(a => a != HttpStatusCode.OK))
        {
            throw new InvalidOperationException("A seeded session was refused.");
        }
    }

    private static async Task OpenAsync(Uri node, int first, int count, List<RawCircuit> open)
    {
        for (var i = 0; i < count; i++)
        {
            open.Add(await RawCircuit.OpenAsync(node, SessionRows.Cookie(first + i), "/sessions"));
        }

        await Pause.ForAsync(TimeSpan.FromSeconds(2)); // what they load arrives, what they were made with is forgotten
    }

    private static async Task<List<Weight>> StepsAsync(WebServer node, int port, Func<int, Task> grow)
    {
        var before = await WeighAsync(node, port);
        var steps = new List<Weight>();
        for (var step = 0; step < Steps; step++)
        {
            await grow(step);
            var after = await WeighAsync(node, port);
            steps.Add(new(after.Heap - before.Heap, after.Resident - before.Resident));
            Say.Line($"heap {after.Heap >> 10} KiB (+{(after.Heap - before.Heap) >> 10}), resident {after.Resident >> 20} MiB");
            before = after;
        }

        return steps;
    }

    /// <summary>Asks the probe in the node to collect, and weighs what is left.</summary>
    private static async Task<Weight> WeighAsync(WebServer node, int port)
    {
        using var probe = new TcpClient();
        await probe.ConnectAsync(IPAddress.Loopback, port);
        using var answer = new StreamReader(probe.GetStream());
        var heap = long.Parse((await answer.ReadToEndAsync()).Trim(), CultureInfo.InvariantCulture);
        return new(heap, await node.Process.ResidentAsync());
    }

    private static Findings Report(Weight empty, List<Weight> bySession, int sessions, List<Weight> byCircuit, int circuits)
    {
        double Each(List<Weight> steps, int count, Func<Weight, long> what) => steps.Select(s => (double)what(s) / count).Median();
        var session = Each(bySession, sessions, w => w.Heap);
        var (circuit, circuitResident) = (Each(byCircuit, circuits, w => w.Heap), byCircuit.Sum(w => w.Resident) / (double)(circuits * Steps));
        var fit = (Gibibyte - empty.Resident) / Math.Max(circuit, circuitResident);
        var table = new Table(
            "Memory of one node, after full collections",
            ["", "managed heap, each", "resident, each"],
            [
                [$"a live session that was used once ({Steps} × {sessions:#,0})", $"{session:#,0} B", $"{bySession.Sum(w => w.Resident) / (double)(sessions * Steps):#,0} B"],
                [$"an open circuit on `/sessions` ({Steps} × {circuits})", $"{circuit / 1024:0} KiB", $"{circuitResident / 1024:0} KiB"],
                ["the node before", $"{empty.Heap / 1048576.0:0.0} MiB", $"{empty.Resident / 1048576.0:0.0} MiB"],
                ["open circuits that fit in 1 GiB", "", $"{fit:#,0}"],
            ],
            "Heap: the median of the steps; resident: the whole growth, divided. The last row takes what the node weighs before from 1 GiB and divides by the "
            + "larger of the two figures of a circuit; a busy node also needs room for garbage, so plan with half.");
        return new(
            [table],
            [Goal.Below("memory per cached live session", 2048, session, "B")],
            new Dictionary<string, IReadOnlyList<double>>
            {
                ["heap bytes per session"] = [.. bySession.Select(w => (double)w.Heap / sessions)],
                ["resident bytes per session"] = [.. bySession.Select(w => (double)w.Resident / sessions)],
                ["heap bytes per circuit"] = [.. byCircuit.Select(w => (double)w.Heap / circuits)],
                ["resident bytes per circuit"] = [.. byCircuit.Select(w => (double)w.Resident / circuits)],
            });
    }

    private sealed record Weight(long Heap, long Resident);
}
