#:property TargetFramework=net10.0
#:property Nullable=enable
// Writes the portal's bill of materials (CycloneDX 1.6, JSON): every package that `dotnet restore` has chosen, with its hash and what it needs.
//   dotnet run checks/Sbom.cs -- OUTPUT project.assets.json VERSION RUNTIME
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using var assets = JsonDocument.Parse(File.ReadAllText(args[1]));
var chosen = assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
    .Where(library => library.Value.GetProperty("type").GetString() == "package").OrderBy(library => library.Name, StringComparer.Ordinal).ToList();
var versions = chosen.Select(library => library.Name.Split('/')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
var bill = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = "portal", ["name"] = "ConcurrentSessions", ["version"] = args[2] },
    },
    ["components"] = new JsonArray([.. chosen.Select(Component), Framework("Microsoft.NETCore.App"), Framework("Microsoft.AspNetCore.App")]),
    ["dependencies"] = new JsonArray([Needs("portal", Direct()), .. chosen.Select(library => Needs(Url(library.Name.Split('/')[0]), Needed(library.Value)))]),
};
File.WriteAllText(args[0], bill.ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
Console.WriteLine($"{args[0]}: {chosen.Count} packages");

string Url(string package) => $"pkg:nuget/{package}@{versions[package]}";

JsonNode Component(JsonProperty library)
{
    var name = library.Name.Split('/')[0];
    var hash = Convert.FromBase64String(assets.RootElement.GetProperty("libraries").GetProperty(library.Name).GetProperty("sha512").GetString()!);
    return new JsonObject
    {
        ["type"] = "library",
        ["bom-ref"] = Url(name),
        ["name"] = name,
        ["version"] = versions[name],
        ["purl"] = Url(name),
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(hash) }),
    };
}

JsonNode Framework(string name) => new JsonObject { ["type"] = "framework", ["bom-ref"] = name, ["name"] = name, ["version"] = args[3] };

IEnumerable<string> Direct() => assets.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject().First().Value
    .GetProperty("dependencies").EnumerateObject().Select(package => package.Name);

IEnumerable<string> Needed(JsonElement library) => library.TryGetProperty("dependencies", out var needed) ? needed.EnumerateObject().Select(package => package.Name) : [];

JsonNode Needs(string who, IEnumerable<string> packages) => new JsonObject
{
    ["ref"] = who,
    ["dependsOn"] = new JsonArray([.. packages.Where(versions.ContainsKey).Select(package => JsonValue.Create(Url(package)))]),
};
