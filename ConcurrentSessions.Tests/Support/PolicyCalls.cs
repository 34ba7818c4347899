using System.Text;
using System.Text.Json.Nodes;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Calls that change a role's policy over the API.</summary>
internal static class PolicyCalls
{
    /// <summary>A policy that makes sense, with one value changed.</summary>
    public static string Body(string key, JsonNode? value, string enforce = "nextSignIn")
    {
        var policy = JsonNode.Parse("""
            {"limit":3,"whenFull":"ask","idleTimeout":"00:30:00","absoluteLifetime":"12:00:00",
             "rememberMe":{"allowed":true,"idleTimeout":"14.00:00:00","absoluteLifetime":"30.00:00:00"}}
            """)!.AsObject();
        policy["enforce"] = enforce;
        policy[key] = value;
        return policy.ToJsonString();
    }

    public static async Task<HttpResponseMessage> PutAsync(Visitor caller, string role, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/admin/roles/{role}/policy");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Origin", "https://localhost");
        return await caller.SendAsync(request);
    }
}
