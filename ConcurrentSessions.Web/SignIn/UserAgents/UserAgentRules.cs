using YamlDotNet.RepresentationModel;

namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>Our own rules, then those of uap-core, in their order: the first that matches decides.</summary>
internal sealed class UserAgentRules
{
    private static readonly string[] Files = ["user-agents.own.yaml", "user-agents.yaml"];

    public List<UserAgentRule> Browsers { get; } = [];

    public List<UserAgentRule> Systems { get; } = [];

    public List<UserAgentRule> Devices { get; } = [];

    public static UserAgentRules Load()
    {
        var rules = new UserAgentRules();
        foreach (var file in Files)
        {
            using var text = typeof(UserAgentRules).Assembly.GetManifestResourceStream(file)!;
            using var reader = new StreamReader(text);
            var yaml = new YamlStream();
            yaml.Load(reader);
            rules.Add((YamlMappingNode)yaml.Documents[0].RootNode);
        }

        return rules;
    }

    private void Add(YamlMappingNode root)
    {
        Browsers.AddRange(Read(root, "user_agent_parsers", "family_replacement", "v1_replacement", "v2_replacement", "v3_replacement"));
        Systems.AddRange(Read(root, "os_parsers", "os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement", "os_v4_replacement"));
        Devices.AddRange(Read(root, "device_parsers", "device_replacement", "brand_replacement", "model_replacement"));
    }

    private static IEnumerable<UserAgentRule> Read(YamlMappingNode root, string list, params string[] parts) =>
        ((YamlSequenceNode)root[list]).Children.Cast<YamlMappingNode>().Select(rule => UserAgentRule.Of(rule, parts));
}
