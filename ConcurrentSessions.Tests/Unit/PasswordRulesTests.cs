using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

/// <summary>ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11.</summary>
public sealed class PasswordRulesTests
{
    private readonly PasswordRules rules = new(new(new PublicLinks(Options.Create(new PortalOptions { PublicUrl = "https://intranet.acme.example:8443" }))));
    private readonly PortalUser ada = new() { UserName = "ada.lovelace@analytical.example", Email = "ada.lovelace@analytical.example" };

    [Theory]
    [InlineData("abcdefghijk", false)]
    [InlineData("pfhqcmxbtdzw", true)]
    [InlineData("zzyyxxwwvvuuttssrrqq", true)]
    [InlineData("correct horse battery staple", true)]
    [InlineData("            x", true)]
    [InlineData("пароль которого нет", true)]
    [InlineData("violet-harbour-91", true)]
    public async Task Length_counts_and_composition_does_not(string password, bool taken) => Assert.Equal(taken, await ProblemAsync(password) is null);

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task Up_to_256_characters_are_taken(int length, bool taken) =>
        Assert.Equal(taken, await ProblemAsync(string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * 7 % 26))))) is null);

    [Theory]
    [InlineData("password1234")]
    [InlineData("PassWord1234")]
    [InlineData("passwordpassword")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("qwertyuiop!2026")]
    [InlineData("!!Liverpool!!2026!!")]
    [InlineData("123456123456")]
    public async Task Common_passwords_are_refused_also_in_capitals_and_between_digits_and_signs(string password) =>
        Assert.StartsWith("This password is one of the most common ones", await ProblemAsync(password), StringComparison.Ordinal);

    [Theory]
    [InlineData("ConcurrentSessions2026!", "ConcurrentSessions")]
    [InlineData("my concurrent-sessions", "ConcurrentSessions")]
    [InlineData("the acme coyote runs", "acme")]
    [InlineData("welcome to INTRANET 7", "intranet")]
    [InlineData("Lovelace-and-Babbage", "lovelace")]
    [InlineData("adalovelace-1815-x", "ada.lovelace")]
    [InlineData("an-analytical-engine", "analytical")]
    public async Task What_names_the_portal_its_host_or_its_owner_is_refused_with_the_word(string password, string word) =>
        Assert.Contains($"must not hold “{word}”", await ProblemAsync(password), StringComparison.Ordinal);

    [Theory]
    [InlineData("canada is a country")]
    [InlineData("an example of a secret")]
    public async Task Short_parts_and_public_endings_of_an_address_are_no_such_words(string password) => Assert.Null(await ProblemAsync(password));

    private async Task<string?> ProblemAsync(string password) =>
        (await rules.ValidateAsync(null!, ada, password)).Errors.SingleOrDefault()?.Description;
}
