using System.Text.Json.Serialization;

namespace ConcurrentSessions.Web.Api;

/// <summary>Writes the answer that is asked for most without looking up how.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OwnSessionJson))]
internal sealed partial class ApiJson : JsonSerializerContext;
