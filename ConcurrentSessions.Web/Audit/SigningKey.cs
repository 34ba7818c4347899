using System.Security.Cryptography;
using System.Text;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Signs checkpoints, and knows its own signatures and those of the keys before it. Prints no more than <see cref="Id"/>.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly Dictionary<string, ECDsa> known = [];

    private SigningKey(IReadOnlyList<ECDsa> keys)
    {
        foreach (var key in keys)
        {
            known[IdOf(key)] = key;
        }

        Id = IdOf(keys[0]);
    }

    /// <summary>Of the key that signs.</summary>
    public string Id { get; }

    /// <summary>For auditors: PEM, SubjectPublicKeyInfo.</summary>
    public string PublicKey => known[Id].ExportSubjectPublicKeyInfoPem();

    /// <summary>The first PEM block is the private key; others are public keys that signed before it.</summary>
    /// <exception cref="CryptographicException">It is none, or not on P-256.</exception>
    public static SigningKey Read(string path)
    {
        var keys = new List<ECDsa>();
        ReadOnlySpan<char> rest = File.ReadAllText(path);
        while (PemEncoding.TryFind(rest, out var found))
        {
            var key = ECDsa.Create();
            key.ImportFromPem(rest[found.Location]);
            keys.Add(key);
            rest = rest[found.Location.End..];
        }

        if (keys.Count == 0 || keys.Exists(k => k.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value))
        {
            throw new CryptographicException("there is no key, or one that is not on P-256");
        }

        keys[0].SignHash(new byte[SHA256.HashSizeInBytes]); // a public key alone cannot
        return new(keys);
    }

    /// <summary>For whoever runs it from source: readable by the owner alone, and never half written.</summary>
    public static void MakeWhenMissing(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(draft, Encoding.ASCII, options))
        {
            file.WriteLine(key.ExportPkcs8PrivateKeyPem());
        }

        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // another process was first
        }
    }

    public void Sign(Checkpoint checkpoint) => checkpoint.Signature = known[Id].SignData(checkpoint.Statement(), HashAlgorithmName.SHA256);

    public bool HasSigned(Checkpoint checkpoint) => known.TryGetValue(checkpoint.KeyId, out var key)
        && key.VerifyData(checkpoint.Statement(), checkpoint.Signature, HashAlgorithmName.SHA256);

    public void Dispose()
    {
        foreach (var key in known.Values)
        {
            key.Dispose();
        }
    }

    private static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
}
