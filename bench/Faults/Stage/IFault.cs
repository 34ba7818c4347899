namespace ConcurrentSessions.Bench.Stage;

internal interface IFault
{
    string Name { get; }

    Task PlayAsync(string workFolder, bool isShort, Report report);
}
