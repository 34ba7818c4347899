using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>One thing to measure. It stops what it starts.</summary>
internal interface IPart
{
    string Name { get; }

    Task<Findings> MeasureAsync(Workbench bench);
}
