using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>What pages say about the rule for new passwords, <see cref="PasswordRules"/>.</summary>
public static class NewPassword
{
    public const int Shortest = PasswordRules.Shortest;
    public const int Longest = PasswordRules.Longest;
    public const string Help = "12 to 256 characters. A few unrelated words are better than one clever one.";
    public const string TooShort = PasswordRules.WrongLength;
    public const string Missing = "Enter a new password.";
    public const string Differs = "The two passwords are not the same.";

    /// <summary>Asks every validator, before anything is known or said about the account.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(UserManager<PortalUser> users, PortalUser user, string password)
    {
        List<string> problems = [];
        foreach (var validator in users.PasswordValidators)
        {
            var result = await validator.ValidateAsync(users, user, password);
            problems.AddRange(result.Errors.Select(e => e.Description));
        }

        return problems;
    }
}
