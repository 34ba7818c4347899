using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Seeds;

/// <summary>Users like the template that the contender made, with its password and its role.</summary>
internal static class People
{
    public static string Email(int number) => $"user{number}@bench.example";

    /// <summary>Ids can be told from numbers, in SQL too.</summary>
    public static string IdSql(string number) => $"md5('user' || ({number}))::uuid::text";

    public static async Task CopyAsync(PostgresServer postgres, string database, int count)
    {
        const string email = "'user' || n || '@bench.example'";
        var (numbers, template) = ($"generate_series(0, {count - 1}) n", $"\"Email\" = '{Workbench.TemplateEmail}'");
        await new Copies("AspNetUsers", template, numbers, new Dictionary<string, string>
        {
            ["Id"] = IdSql("n"),
            ["UserName"] = email,
            ["Email"] = email,
            ["NormalizedUserName"] = $"upper({email})",
            ["NormalizedEmail"] = $"upper({email})",
        }).InsertAsync(postgres, database);
        await new Copies("AspNetUserRoles", $"""
            "UserId" = (select "Id" from "AspNetUsers" where {template})
            """, numbers, new Dictionary<string, string> { ["UserId"] = IdSql("n") }).InsertAsync(postgres, database);
        await postgres.ExecuteAsync(database, "analyze");
    }
}
