using System.Diagnostics;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>A portal's database filled with session rows, and sign-ins of users who have none yet.</summary>
internal static class SeededPortal
{
    /// <summary>Users beyond those with rows, for measuring sign-ins.</summary>
    public const int Newcomers = 300;

    /// <summary>Makes the schema by starting a node, which stops again before the rows are made.</summary>
    public static async Task MakeAsync(Workbench bench, string database, int rows, int users, int daysOlder = 0)
    {
        await bench.Postgres.CreateDatabaseAsync(database);
        await using (var node = await bench.StartPortalAsync(database))
        {
            await bench.AddPortalTemplateAsync(database);
            if (!await new Visitor().SignInAsync(node.Address, Workbench.TemplateEmail, Workbench.Password))
            {
                throw new InvalidOperationException("The template could not sign in.");
            }
        }

        await People.CopyAsync(bench.Postgres, database, users + 1 + Newcomers);
        await SessionRows.AddAsync(bench.Postgres, database, rows, users, daysOlder);
    }

    /// <returns>Milliseconds of one sign-in from a new browser, page and form.</returns>
    public static async Task<double> SignInAsync(Uri node, int user)
    {
        var start = Stopwatch.GetTimestamp();
        return await new Visitor(Crowd.Address(user)).SignInAsync(node, People.Email(user), Workbench.Password)
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"{People.Email(user)} could not sign in.");
    }
}
