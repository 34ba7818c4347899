using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>
/// The rule for new passwords, wherever one is set: length, not common, none of the words next to hand; nothing about its
/// composition (ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11). A password is taken exactly as it was typed (6.2.8).
/// </summary>
public sealed class PasswordRules(ContextWords words) : IPasswordValidator<PortalUser>
{
    /// <summary>In UTF-16 code units, as browsers count.</summary>
    public const int Shortest = 12;

    /// <inheritdoc cref="Shortest"/>
    public const int Longest = 256;

    public const string WrongLength = "Choose a password of 12 to 256 characters.";

    private const string Common =
        "This password is one of the most common ones, or one of those with digits or signs around it. Choose another, for example a few unrelated words.";

    public Task<IdentityResult> ValidateAsync(UserManager<PortalUser> manager, PortalUser user, string? password)
    {
        var problem = Problem(user, password ?? "");
        return Task.FromResult(problem is null
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = problem }));
    }

    private string? Problem(PortalUser user, string password) =>
        password.Length is < Shortest or > Longest ? WrongLength
        : CommonPasswords.Include(password) ? Common
        : words.FindIn(password, user) is { } word
            ? $"The password must not hold “{word}”: leave out your name, your address and the portal's name. All others of 12 to 256 characters that are not common are allowed."
        : null;
}
