using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>Many users who sign in over HTTP, each from an address of their own.</summary>
internal static class Crowd
{
    private const int AtOnce = 8;

    public static string Address(int number) => $"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number & 255}";

    /// <returns>The cookie of each.</returns>
    public static Task<string[]> SignInAsync(Uri server, int users) => EachAsync(users, async number =>
    {
        var visitor = new Visitor(Address(number));
        return await visitor.SignInAsync(server, People.Email(number), Workbench.Password) ? visitor.SessionCookie! : throw Refused(number);
    });

    /// <summary>At the example of the guideline, which takes JSON and no password.</summary>
    public static Task<string[]> SignInAtExpressAsync(Uri server, int users) => EachAsync(users, async number =>
    {
        var visitor = new Visitor(Address(number));
        await visitor.PostJsonAsync(server, "/login", $$"""{"username":"{{People.Email(number)}}"}""");
        return visitor.SessionCookie ?? throw Refused(number);
    });

    public static async Task<T[]> EachAsync<T>(int count, Func<int, Task<T>> act)
    {
        var results = new T[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => results[number] = await act(number));
        return results;
    }

    private static InvalidOperationException Refused(int number) => new($"{People.Email(number)} could not sign in.");
}
