namespace ConcurrentSessions.Web.Sessions;

/// <summary>How the person proved who they are when the session was opened.</summary>
public enum AuthenticationMethod
{
    Password,
    PasswordAndAuthenticator,
    PasswordAndRecoveryCode,
    Passkey,
    External,

    /// <summary>The portal signed the person in after another proof, such as a one-time link.</summary>
    Link,
    PasswordAndPasskey,
    ExternalAndSecondFactor,
}

public static class AuthenticationMethodNames
{
    /// <summary>For people: "Password and authenticator code".</summary>
    public static string Name(this AuthenticationMethod method) => method switch
    {
        AuthenticationMethod.Password => "Password",
        AuthenticationMethod.PasswordAndAuthenticator => "Password and authenticator code",
        AuthenticationMethod.PasswordAndRecoveryCode => "Password and recovery code",
        AuthenticationMethod.PasswordAndPasskey => "Password and passkey",
        AuthenticationMethod.Passkey => "Passkey",
        AuthenticationMethod.External => "External account",
        AuthenticationMethod.ExternalAndSecondFactor => "External account and second factor",
        _ => "One-time link",
    };

    /// <summary>Authentication method references (RFC 8176) for the <c>amr</c> claim.</summary>
    public static string Reference(this AuthenticationMethod method) => method switch
    {
        AuthenticationMethod.Password => "pwd",
        AuthenticationMethod.PasswordAndAuthenticator or AuthenticationMethod.PasswordAndRecoveryCode or AuthenticationMethod.PasswordAndPasskey
            or AuthenticationMethod.ExternalAndSecondFactor => "mfa",
        AuthenticationMethod.Passkey => "hwk",
        AuthenticationMethod.External => "fed",
        _ => "otp",
    };
}
