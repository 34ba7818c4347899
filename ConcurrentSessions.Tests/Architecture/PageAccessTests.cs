using System.Reflection;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace ConcurrentSessions.Tests.Architecture;

/// <summary>Who may see a page follows from its folder, and every page says it.</summary>
[Trait("Check", "S09")]
public sealed class PageAccessTests
{
    public static TheoryData<Type> Pages => [.. typeof(PortalDbContext).Assembly.GetTypes()
        .Where(t => t.GetCustomAttributes<RouteAttribute>().Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_says_who_may_see_it(Type page)
    {
        var folder = page.Namespace!["ConcurrentSessions.Web.Components".Length..];
        var authorize = page.GetCustomAttributes<AuthorizeAttribute>(inherit: true).ToList();
        var anonymous = page.GetCustomAttributes<AllowAnonymousAttribute>(inherit: true).Any();
        var holds = folder switch
        {
            ".Admin" => authorize.Exists(a => a.Policy == "Inspect") && !anonymous,
            ".My" => (authorize.Count > 0 && !anonymous) || (page.GetCustomAttribute<RouteAttribute>()!.Template == "/" && anonymous),
            ".Account.Manage" => authorize.Count > 0 && !anonymous,
            ".Account" => true, // the pages that lead to a sign-in, or away from one
            _ => page.Name is "ErrorPage" or "NotFoundPage",
        };
        Assert.True(holds, $"{page.FullName} does not say who may see it, or not what its folder promises.");
    }
}
