using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A security key in software (WebAuthn level 3, ES256, no attestation), which can also lie.</summary>
public sealed class SoftwareKey : IDisposable
{
    private const byte Present = 0x01;
    private const byte Verified = 0x04;
    private const byte HasCredential = 0x40;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(16);
    private string owner = "";

    /// <summary>Says that its owner was verified, by PIN or finger.</summary>
    public bool VerifiesOwner { get; set; } = true;

    /// <summary>The page that the browser says it was on.</summary>
    public string Origin { get; set; } = "http://localhost:5080";

    /// <summary>The name it was asked for; null: as the options say.</summary>
    public string? RelyingParty { get; set; }

    /// <summary>What <c>navigator.credentials.create()</c> would give.</summary>
    public string Create(string options)
    {
        var asked = JsonNode.Parse(options)!;
        owner = asked["user"]!["id"]!.GetValue<string>();
        var writer = new CborWriter();
        writer.WriteStartMap(3);
        writer.WriteTextString("fmt");
        writer.WriteTextString("none");
        writer.WriteTextString("attStmt");
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteTextString("authData");
        writer.WriteByteString([.. AuthenticatorData(asked["rp"]!["id"]!.GetValue<string>(), HasCredential), .. Credential()]);
        writer.WriteEndMap();
        return Answer(new()
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(ClientData("webauthn.create", asked)),
            ["attestationObject"] = Base64Url.EncodeToString(writer.Encode()),
            ["transports"] = new JsonArray("internal"),
        });
    }

    /// <summary>What <c>navigator.credentials.get()</c> would give.</summary>
    public string Get(string options)
    {
        var asked = JsonNode.Parse(options)!;
        var clientData = ClientData("webauthn.get", asked);
        var data = AuthenticatorData(asked["rpId"]!.GetValue<string>(), 0);
        var signature = key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new()
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(clientData),
            ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(signature),
            ["userHandle"] = owner,
        });
    }

    public void Dispose() => key.Dispose();

    private string Answer(JsonObject response) => new JsonObject
    {
        ["id"] = Base64Url.EncodeToString(id),
        ["rawId"] = Base64Url.EncodeToString(id),
        ["type"] = "public-key",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    }.ToJsonString();

    private byte[] ClientData(string type, JsonNode asked) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = asked["challenge"]!.GetValue<string>(),
        origin = Origin,
        crossOrigin = false,
    });

    // It counts nothing: a copy of an answer cannot be told by its number.
    private byte[] AuthenticatorData(string asked, byte more)
    {
        var flags = (byte)(Present | more | (VerifiesOwner ? Verified : 0));
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingParty ?? asked)), flags, 0, 0, 0, 0];
    }

    private byte[] Credential()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var cose = new CborWriter();
        cose.WriteStartMap(5);
        (int Label, int Value)[] heads = [(1, 2), (3, -7), (-1, 1)];
        foreach (var (label, value) in heads)
        {
            cose.WriteInt32(label);
            cose.WriteInt32(value);
        }

        cose.WriteInt32(-2);
        cose.WriteByteString(point.X!);
        cose.WriteInt32(-3);
        cose.WriteByteString(point.Y!);
        cose.WriteEndMap();
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)id.Length);
        return [.. new byte[16], .. length, .. id, .. cose.Encode()];
    }
}

/// <summary>What a page's script does with a passkey.</summary>
public static class PasskeyVisits
{
    public static async Task<HttpResponseMessage> AddPasskeyAsync(this Visitor visitor, SoftwareKey key)
    {
        const string page = "/Account/Manage/Passkeys";
        var form = await visitor.OpenFormAsync(page, "add-passkey");
        var options = await visitor.OptionsAsync("/Account/PasskeyCreationOptions", form);
        return await visitor.PostAsync(page, [.. form, ("Input.CredentialJson", key.Create(options))]);
    }

    /// <returns>The form to post and what the key answered.</returns>
    public static async Task<((string, string)[] Form, string Answer)> AskAsync(
        this Visitor visitor, SoftwareKey key, string page = "/Account/Login", string handler = "login", string options = "/Account/PasskeyRequestOptions")
    {
        var form = await visitor.OpenFormAsync(page, handler);
        return (form, key.Get(await visitor.OptionsAsync(options, form)));
    }

    public static async Task<HttpResponseMessage> SignInWithAsync(this Visitor visitor, SoftwareKey key)
    {
        var (form, answer) = await visitor.AskAsync(key);
        return await visitor.PostAsync("/Account/Login", [.. form, ("Input.Passkey.CredentialJson", answer)]);
    }

    private static async Task<string> OptionsAsync(this Visitor visitor, string path, (string Name, string Value)[] form)
    {
        using var response = await visitor.PostAsync(path, [.. form.Where(f => f.Name == "__RequestVerificationToken")]);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }
}
