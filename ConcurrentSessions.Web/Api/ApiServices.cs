using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Api;

public static class ApiServices
{
    /// <summary>The JSON API's check of origin and its OpenAPI document.</summary>
    public static IServiceCollection AddPortalApi(this IServiceCollection services)
    {
        services.AddSingleton<SameOrigin>();
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        return services.AddOpenApi("v1", document =>
        {
            document.ShouldInclude = call => call.RelativePath?.StartsWith("api/", StringComparison.OrdinalIgnoreCase) == true;
            document.AddDocumentTransformer((description, _, _) =>
            {
                description.Info.Title = "ConcurrentSessions";
                description.Info.Description = "Sessions of a signed-in user, and the administrator's panel. It takes the portal's cookie; "
                    + "a call that changes something must show that it comes from the portal itself (Origin, or Sec-Fetch-Site: same-origin).";
                description.Servers = [];
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Everything under /api, and the document that describes it.</summary>
    public static void MapPortalApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").RequireAuthorization().AddEndpointFilter<SameOriginFilter>().WithTags("Sessions");
        api.MapSessionApi();
        var admin = endpoints.MapGroup("/api/admin").RequireAuthorization(Policies.Inspect)
            .AddEndpointFilter<SameOriginFilter>().AddEndpointFilter<TextFilter>().WithTags("Administration");
        admin.MapAdminApi();
        endpoints.MapOpenApi().RequireAuthorization();
    }
}
