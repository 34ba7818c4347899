using System.Buffers.Binary;
using System.Text;

namespace ConcurrentSessions.Tests.Support;

/// <summary>MMDB files of one node, in which every IPv4 address is in London unless they say otherwise: the format as its specification 2.0 describes it.</summary>
public static class TinyMmdb
{
    private static readonly Lazy<string> Written = new(Write);

    /// <summary>A database with one place, for portals that are not about places: the real one is 130 MB for each.</summary>
    public static string File => Written.Value;

    public static byte[] Flat { get; } = Write(Map(
        ("country_code", Text("GB")), ("state1", Text("England")), ("city", Text("London")), ("latitude", Float(51.5f)), ("longitude", Float(-0.1f))));

    public static byte[] Nested { get; } = Write(Map(
        ("country", Map(("iso_code", Text("GB")), ("names", Map(("en", Text("United Kingdom")), ("fr", Text("Royaume-Uni")))))),
        ("subdivisions", Array(Map(("names", Map(("en", Text("England"))))))),
        ("city", Map(("names", Map(("en", Text("London")))))),
        ("location", Map(("latitude", Double(51.5)), ("time_zone", Text("Europe/London"))))));

    /// <summary>The lower half of the IPv4 addresses (up to 127.255.255.255) in London, the upper in Sydney.</summary>
    public static byte[] TwoPlaces { get; } = Write(
        Map(("country_code", Text("GB")), ("state1", Text("England")), ("city", Text("London"))),
        Map(("country_code", Text("AU")), ("state1", Text("New South Wales")), ("city", Text("Sydney"))));

    /// <summary>The same two with their coordinates: 17,000 km apart.</summary>
    public static byte[] FarApart { get; } = Write(
        Map(("country_code", Text("GB")), ("state1", Text("England")), ("city", Text("London")), ("latitude", Double(51.5)), ("longitude", Double(-0.1))),
        Map(("country_code", Text("AU")), ("state1", Text("New South Wales")), ("city", Text("Sydney")), ("latitude", Double(-33.9)), ("longitude", Double(151.2))));

    // One node of 24-bit records. A record above the number of nodes points into the data, 16 bytes of zeros further on.
    private static byte[] Write(byte[] lower, byte[]? upper = null)
    {
        byte[] node = [0, 0, 17, 0, 0, (byte)(upper is null ? 17 : 17 + lower.Length)];
        var metadata = Map(
            ("binary_format_major_version", Number(5, 2)), ("binary_format_minor_version", Number(5, 0)), ("build_epoch", Number(9, 1_700_000_000)),
            ("database_type", Text("tiny")), ("description", Map(("en", Text("for tests")))), ("ip_version", Number(5, 4)),
            ("languages", Array(Text("en"))), ("node_count", Number(6, 1)), ("record_size", Number(5, 24)));
        return [.. node, .. new byte[16], .. lower, .. upper ?? [], 0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8, .. metadata];
    }

    private static byte[] Map(params (string Key, byte[] Value)[] entries) =>
        [.. Control(7, entries.Length), .. entries.SelectMany(e => Text(e.Key).Concat(e.Value))];

    private static byte[] Array(params byte[][] items) => [.. Control(11, items.Length), .. items.SelectMany(i => i)];

    private static byte[] Text(string text) => [.. Control(2, Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(int type, ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        var significant = bytes.SkipWhile(b => b == 0).ToArray();
        return [.. Control(type, significant.Length), .. significant];
    }

    private static byte[] Double(double number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        return [.. Control(3, 8), .. bytes];
    }

    private static byte[] Float(float number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleBigEndian(bytes, number);
        return [.. Control(15, 4), .. bytes];
    }

    // Types above 7 are written as 0 with the type, less 7, in the next byte; all sizes here are below 29.
    private static byte[] Control(int type, int size) => type <= 7
        ? [(byte)((type << 5) | size)]
        : [(byte)size, (byte)(type - 7)];

    private static string Write()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("portal-places-").FullName, "dbip-city-test.mmdb");
        System.IO.File.WriteAllBytes(file, Flat);
        return file;
    }
}
