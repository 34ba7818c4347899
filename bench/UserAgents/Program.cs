using System.Globalization;
using ConcurrentSessions.Web.SignIn.UserAgents;
using YamlDotNet.RepresentationModel;

// Holds the portal's reading of User-Agents against uap-core's own test cases: `dotnet run -c Release --project bench/UserAgents FOLDER`,
// where FOLDER has uap-core's test_ua.yaml, test_os.yaml and test_device.yaml.
if (args is not [var folder])
{
    Console.Error.WriteLine("Say the folder with test_ua.yaml, test_os.yaml and test_device.yaml.");
    return 1;
}

const int longestKept = 512;
var clock = TimeProvider.System;
var started = clock.GetTimestamp();
var parser = new UserAgentParser(UserAgentRules.Load());
parser.Parse("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Loading the rules and reading a first text: {clock.GetElapsedTime(started).TotalMilliseconds:F0} ms"));

Measure("test_ua.yaml", parsed => parsed.Browser);
Measure("test_os.yaml", parsed => parsed.System);
Measure("test_device.yaml", parsed => parsed.Device);
return 0;

void Measure(string file, Func<ParsedUserAgent, string> family)
{
    using var text = File.OpenText(Path.Combine(folder, file));
    var yaml = new YamlStream();
    yaml.Load(text);
    var cases = ((YamlSequenceNode)yaml.Documents[0].RootNode["test_cases"]).Children
        .Select(c => (Text: Cut($"{c["user_agent_string"]}"), Family: $"{c["family"]}")).ToList();
    var agreeing = cases.Count(c => parser.Parse(c.Text) is { } parsed && family(parsed) == c.Family);
    var took = new List<double>(cases.Count);
    foreach (var (userAgent, _) in cases)
    {
        var start = clock.GetTimestamp();
        parser.Parse(userAgent);
        took.Add(clock.GetElapsedTime(start).TotalMicroseconds);
    }

    took.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{file}: {agreeing} of {cases.Count} agree ({100.0 * agreeing / cases.Count:F2} %); {took[took.Count / 2]:F0} us in the median, {took[took.Count * 99 / 100]:F0} us at the 99th percentile"));
}

static string Cut(string text) => text.Length <= longestKept ? text : text[..longestKept];
