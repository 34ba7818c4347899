using System.Diagnostics;

namespace ConcurrentSessions.Bench;

/// <summary>Tells whoever waits how far it is.</summary>
internal static class Say
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    public static void Line(string text) => Console.WriteLine($"[{Stopwatch.GetElapsedTime(Start):mm\\:ss}] {text}");
}
