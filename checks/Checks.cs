#:property TargetFramework=net10.0
#:property Nullable=enable
// Writes docs/checks.md from checks.txt and the results of the test lanes, and fails when a check has no test or a failed one.
//   dotnet run checks/Checks.cs -- OUTPUT RESULT.xml...
using System.Globalization;
using System.Text;
using System.Xml.Linq;

var folder = Path.GetDirectoryName(AppContext.GetData("EntryPointFilePath") as string) ?? "checks";
var checks = File.ReadLines(Path.Combine(folder, "checks.txt")).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1]);
var runs = args.Skip(1).SelectMany(Read).ToLookup(run => run.Check);
var page = new StringBuilder("""
    # Checks

    What the portal promises under attack and in trouble, and the tests that show it. Written by `./test.sh` from their results.

    | check | what is shown | tests | result |
    | --- | --- | --- | --- |

    """);
foreach (var (id, sentence) in checks)
{
    var tests = runs[id].GroupBy(run => run.Test).OrderBy(test => test.Key, StringComparer.Ordinal).ToList();
    page.AppendLine(CultureInfo.InvariantCulture, $"| {id} | {sentence} | {string.Join("<br>", tests.Select(test => $"`{test.Key}`"))} | {Verdict(runs[id])} |");
}

File.WriteAllText(args[0], page.ToString());
var broken = checks.Keys.Where(id => Verdict(runs[id]) != "passed").Concat(runs.Select(run => run.Key).Where(id => !checks.ContainsKey(id))).ToList();
foreach (var id in broken)
{
    Console.Error.WriteLine(checks.ContainsKey(id) ? $"{id}: {Verdict(runs[id])}" : $"{id}: not listed in checks.txt");
}

return broken.Count == 0 ? 0 : 1;

static string Verdict(IEnumerable<Run> runs) => !runs.Any() ? "**no test**" : runs.All(run => run.Passed) ? "passed" : "**failed**";

static IEnumerable<Run> Read(string file) =>
    from test in XDocument.Load(file).Descendants("test")
    from trait in test.Descendants("trait")
    where (string?)trait.Attribute("name") == "Check"
    select new Run(
        (string)trait.Attribute("value")!,
        $"{((string)test.Attribute("type")!).Split('.')[^1]}.{(string)test.Attribute("method")!}",
        (string?)test.Attribute("result") == "Pass");

internal sealed record Run(string Check, string Test, bool Passed);
