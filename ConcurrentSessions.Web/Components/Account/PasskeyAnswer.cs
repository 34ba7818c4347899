namespace ConcurrentSessions.Web.Components.Account;

/// <summary>What <c>passkey.js</c> adds to a form: a credential, or why there is none.</summary>
public sealed class PasskeyAnswer
{
    public string? CredentialJson { get; set; }

    public string? Error { get; set; }
}
