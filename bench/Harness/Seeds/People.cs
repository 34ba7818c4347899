using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Seeds;

/// <summary>Users, copied in SQL from one that the contender made itself: whatever columns there are, they hold what it writes.</summary>
internal static class People
{
    public static string Email(int number) => $"user{number}@bench.example";

    /// <summary>Ids can be told from numbers, in SQL too.</summary>
    public static string IdSql(string number) => $"md5('user' || ({number}))::uuid::text";

    public static Task CopyAsync(PostgresServer postgres, string database, int count) => postgres.ExecuteAsync(database, $$"""
        set session_replication_role = replica;
        insert into "AspNetUsers"
        select copy.* from "AspNetUsers" t, generate_series(0, {{count - 1}}) n, lateral jsonb_populate_record(t, jsonb_build_object(
          'Id', {{IdSql("n")}}, 'UserName', 'user' || n || '@bench.example', 'Email', 'user' || n || '@bench.example',
          'NormalizedUserName', upper('user' || n || '@bench.example'), 'NormalizedEmail', upper('user' || n || '@bench.example'))) copy
        where t."Email" = '{{Workbench.TemplateEmail}}';
        insert into "AspNetUserRoles" ("UserId", "RoleId")
        select {{IdSql("n")}}, r."RoleId" from "AspNetUsers" t join "AspNetUserRoles" r on r."UserId" = t."Id", generate_series(0, {{count - 1}}) n
        where t."Email" = '{{Workbench.TemplateEmail}}';
        analyze;
        """);
}
