using System.Buffers.Binary;
using System.Text;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>As much of MessagePack as the hub of Blazor Server speaks: https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md.</summary>
internal static class BlazorPack
{
    public const byte Invocation = 1;
    public const byte Completion = 3;
    public const byte Ping = 6;

    /// <param name="id">Null: nobody waits for an answer.</param>
    public static byte[] Invoke(string? id, string target, params object?[] arguments)
    {
        using var body = new MemoryStream();
        Write(body, new object?[] { (long)Invocation, new Dictionary<string, object?>(), id, target, arguments, Array.Empty<object?>() });
        return Framed(body.ToArray());
    }

    public static byte[] PingMessage() => Framed([0x91, Ping]);

    /// <summary>Takes the whole messages off the front of what has arrived.</summary>
    public static IEnumerable<object?[]> Take(List<byte> arrived)
    {
        while (Frame(arrived) is (var start, var length) && arrived.Count >= start + length)
        {
            var message = arrived.GetRange(start, length).ToArray();
            arrived.RemoveRange(0, start + length);
            var at = 0;
            yield return (object?[])Read(message, ref at)!;
        }
    }

    private static (int Start, int Length)? Frame(List<byte> arrived)
    {
        for (int i = 0, length = 0; i < Math.Min(5, arrived.Count); i++)
        {
            length |= (arrived[i] & 0x7F) << (7 * i);
            if ((arrived[i] & 0x80) == 0)
            {
                return (i + 1, length);
            }
        }

        return null;
    }

    private static byte[] Framed(byte[] body)
    {
        var prefix = new List<byte>();
        var rest = body.Length;
        do
        {
            prefix.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);

        return [.. prefix, .. body];
    }

    private static void Write(MemoryStream to, object? value)
    {
        switch (value)
        {
            case null: to.WriteByte(0xC0); break;
            case bool yes: to.WriteByte(yes ? (byte)0xC3 : (byte)0xC2); break;
            case long number: Write(to, 0xD3, number); break;
            case string text: Write(to, text); break;
            case object?[] items:
                to.WriteByte((byte)(0x90 | items.Length));
                Array.ForEach(items, item => Write(to, item));
                break;
            case Dictionary<string, object?> { Count: 0 }: to.WriteByte(0x80); break;
            default: throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void Write(MemoryStream to, byte kind, long number)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], number);
        to.Write(bytes);
    }

    private static void Write(MemoryStream to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[5];
        head[0] = 0xDB;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], bytes.Length);
        to.Write(head);
        to.Write(bytes);
    }

    private static object? Read(byte[] from, ref int at)
    {
        var kind = from[at++];
        return kind switch
        {
            < 0x80 => (long)kind,
            < 0x90 => ReadMap(from, ref at, kind & 0x0F),
            < 0xA0 => ReadArray(from, ref at, kind & 0x0F),
            < 0xC0 => ReadText(from, ref at, kind & 0x1F),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            0xC4 or 0xC5 or 0xC6 => ReadBytes(from, ref at, (int)ReadNumber(from, ref at, 1 << (kind - 0xC4))),
            0xCC or 0xCD or 0xCE or 0xCF => ReadNumber(from, ref at, 1 << (kind - 0xCC)),
            0xD0 or 0xD1 or 0xD2 or 0xD3 => ReadSigned(from, ref at, 1 << (kind - 0xD0)),
            0xD9 or 0xDA or 0xDB => ReadText(from, ref at, (int)ReadNumber(from, ref at, 1 << (kind - 0xD9))),
            0xDC => ReadArray(from, ref at, (int)ReadNumber(from, ref at, 2)),
            0xDE => ReadMap(from, ref at, (int)ReadNumber(from, ref at, 2)),
            >= 0xE0 => (long)(sbyte)kind,
            _ => throw new NotSupportedException($"MessagePack kind {kind:x2}"),
        };
    }

    private static long ReadNumber(byte[] from, ref int at, int bytes)
    {
        long number = 0;
        for (var i = 0; i < bytes; i++)
        {
            number = number << 8 | from[at++];
        }

        return number;
    }

    private static long ReadSigned(byte[] from, ref int at, int bytes) => ReadNumber(from, ref at, bytes) << (64 - (8 * bytes)) >> (64 - (8 * bytes));

    private static byte[] ReadBytes(byte[] from, ref int at, int length)
    {
        at += length;
        return from[(at - length)..at];
    }

    private static string ReadText(byte[] from, ref int at, int length) => Encoding.UTF8.GetString(ReadBytes(from, ref at, length));

    private static object?[] ReadArray(byte[] from, ref int at, int length)
    {
        var items = new object?[length];
        for (var i = 0; i < length; i++)
        {
            items[i] = Read(from, ref at);
        }

        return items;
    }

    private static Dictionary<string, object?> ReadMap(byte[] from, ref int at, int length)
    {
        var map = new Dictionary<string, object?>();
        for (var i = 0; i < length; i++)
        {
            var key = Read(from, ref at)?.ToString() ?? "";
            map[key] = Read(from, ref at);
        }

        return map;
    }
}
