using System.Globalization;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.WebUtilities;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>The explorer's filters and order as its address and its form say them. What makes no sense there is as if it were not said.</summary>
public sealed class SessionQuery
{
    private const int Longest = 200;

    public static readonly IReadOnlyList<string> Spans = ["5m", "15m", "1h", "8h", "1d", "7d", "30d"];

    public string User { get; set; } = "";

    public string Role { get; set; } = "";

    public string Place { get; set; } = "";

    public string Network { get; set; } = "";

    public string Type { get; set; } = "";

    public string Browser { get; set; } = "";

    public string Method { get; set; } = "";

    /// <summary>"15m", "8h", "7d".</summary>
    public string Age { get; set; } = "";

    public string Idle { get; set; } = "";

    /// <summary>Empty for active sessions, "ended" for the others.</summary>
    public string State { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>Empty for the latest first, "oldest", "signed-in" or "signed-in-oldest".</summary>
    public string Sort { get; set; } = "";

    public SessionPlace? From { get; private set; }

    /// <summary>What cannot be searched for, in one sentence.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it asks for more than a part of an address and a state.</summary>
    public bool IsDetailed => (Role + Place + Network + Type + Browser + Method + Age + Idle + Reason).Length > 0;

    public bool IsNarrow => IsDetailed || User.Length > 0 || State.Length > 0;

    public static SessionQuery Read(string? queryString)
    {
        var said = QueryHelpers.ParseQuery(queryString);
        string Text(string name) => said.TryGetValue(name, out var values) && PlainText.OneLine(values.ToString()) is { Length: <= Longest } text ? text : "";
        return new()
        {
            User = Text("user"),
            Role = Text("role"),
            Place = Text("place"),
            Network = Text("network"),
            Type = Known<DeviceType>(Text("type")),
            Browser = Text("browser"),
            Method = Known<AuthenticationMethod>(Text("method")),
            Age = Span(Text("age")) is null ? "" : Text("age"),
            Idle = Span(Text("idle")) is null ? "" : Text("idle"),
            State = Text("state") is "ended" ? "ended" : "",
            Reason = Known<EndReason>(Text("reason")),
            Sort = Text("sort") is "oldest" or "signed-in" or "signed-in-oldest" ? Text("sort") : "",
            From = SessionPlace.Read(Text("from")),
        };
    }

    /// <returns>Null when something cannot be searched for: <see cref="Problem"/> says what.</returns>
    public SessionFilter? Filter()
    {
        NetworkFilter? network = null;
        string? problem = null;
        var readable = Network.Length == 0 || NetworkFilter.TryRead(PlainText.OneLine(Network), out network, out problem);
        Problem = problem;
        return !readable ? null : new SessionFilter
        {
            User = Said(User),
            Role = Said(Role),
            Place = Said(Place),
            Network = network,
            Type = Enum.TryParse<DeviceType>(Type, out var type) ? type : null,
            Browser = Said(Browser),
            Method = Enum.TryParse<AuthenticationMethod>(Method, out var method) ? method : null,
            Age = Span(Age),
            Idle = Span(Idle),
            Ended = State is "ended",
            Reason = State is "ended" && Enum.TryParse<EndReason>(Reason, out var reason) ? reason : null,
        };
    }

    public SessionOrder Order => new(
        Sort.StartsWith("signed-in", StringComparison.Ordinal) ? SessionSort.SignedIn : SessionSort.Latest, Sort.EndsWith("oldest", StringComparison.Ordinal));

    /// <summary>For the address; null takes a name out of it.</summary>
    public Dictionary<string, object?> Address(SessionPlace? from) => new()
    {
        ["user"] = Said(User), ["role"] = Said(Role), ["place"] = Said(Place), ["network"] = Said(Network), ["type"] = Said(Type),
        ["browser"] = Said(Browser), ["method"] = Said(Method), ["age"] = Said(Age), ["idle"] = Said(Idle), ["state"] = Said(State),
        ["reason"] = State is "ended" ? Said(Reason) : null, ["sort"] = Said(Sort), ["from"] = from?.ToString(),
    };

    /// <summary>"15 minutes" for "15m"; null for what is no such span.</summary>
    public static TimeSpan? Span(string text) =>
        text.Length is > 1 and < 6 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            }
            : null;

    private static string Known<T>(string text)
        where T : struct, Enum => Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? "";

    private static string? Said(string text) => PlainText.OneLine(text) is { Length: > 0 } said ? said : null;
}
