using System.Data.Common;
using System.Net;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>What the portal is to the network around it: its address, its proxies, its headers, its errors, its health.</summary>
public static class HostingServices
{
    internal static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(10);

    // For what is in flight: requests, a mail half sent, the activity not yet written.
    private static readonly TimeSpan LongestStop = LongestDrain + TimeSpan.FromSeconds(20);

    public static IServiceCollection AddPortalHosting(this IServiceCollection services)
    {
        services.AddOptions<PortalOptions>().BindConfiguration("Portal").ValidateOnStart();
        services.AddSingleton<IValidateOptions<PortalOptions>, PortalOptionsCheck>();
        services.AddSingleton<PublicLinks>();
        services.AddProblemDetails();
        services.Configure<KestrelServerOptions>(o => o.AddServerHeader = false);
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        services.AddSingleton<Readiness>();
        services.AddHostedService<Drain>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = LongestStop);
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<PortalOptions>>(Trust);
        services.AddRequestLimits();
        services.AddSingleton<PolicyReports>();
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, ResponseHeaders>()); // the first is the outermost
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "__Host-antiforgery";
            o.Cookie.Path = "/";
            o.Cookie.SecurePolicy = CookieSecurePolicy.None; // "Always" refuses http://localhost; the cookie policy makes it Secure
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.SuppressXFrameOptionsHeader = true; // frame-ancestors says it for every response
        });
        return services;
    }

    /// <summary>First in the pipeline: who asks, and what an error looks like.</summary>
    public static WebApplication UsePortalHosting(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseCookiePolicy(new CookiePolicyOptions
        {
            // Browsers take Secure cookies from http://localhost too (ASVS 3.3.1).
            Secure = CookieSecurePolicy.Always,
            HttpOnly = Microsoft.AspNetCore.CookiePolicy.HttpOnlyPolicy.Always,
            MinimumSameSitePolicy = SameSiteMode.Lax,
        });
        app.UseWhen(IsApi, api => api
            .UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = Status, SuppressDiagnosticsCallback = IsExpected })
            .Use(SayWhenToComeBack)
            .UseStatusCodePages());
        app.UseWhen(context => !IsApi(context), pages => pages
            .UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/Error", StatusCodeSelector = Status, CreateScopeForErrors = true, SuppressDiagnosticsCallback = IsExpected,
            })
            .UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true)
            .Use(SayWhenToComeBack)
            .Use(ShowAsPage));

        // After them, so that the pages they run again are found.
        app.UseRouting();
        app.UseRateLimiter();
        return app;
    }

    /// <summary>
    /// After antiforgery: a form whose token is missing, too old or somebody else's is answered by the page that says so and
    /// leads on. The framework's own answer to it depends on the environment.
    /// </summary>
    public static IApplicationBuilder UseRefusedForms(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false } refused)
        {
            await next(context);
        }
        else if (refused.Error?.InnerException is Microsoft.AspNetCore.Http.BadHttpRequestException bad)
        {
            context.Response.StatusCode = bad.StatusCode;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.RequestServices.GetRequiredService<RefusalTrail>().NoteFormAsync(context);
        }
    });

    /// <summary>After authentication: pages of a signed-in user stay out of every cache (ASVS 14.3.2).</summary>
    public static IApplicationBuilder UseNoStore(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<SignedIn>() is not null)
        {
            context.Response.Headers.CacheControl = "no-store";
        }

        return next(context);
    });

    // Answered before anybody is asked who they are: a cookie on a probe must not wait for a database that is silent, and
    // a report that a browser sends by itself is nobody's activity.
    public static void MapPortalHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(PolicyReports.Address, PolicyReports.AnswerAsync).AllowAnonymous().ExcludeFromDescription().ShortCircuit();
        endpoints.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous().ShortCircuit();
        endpoints.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], AnswerReadyAsync).AllowAnonymous().ExcludeFromDescription().ShortCircuit();
    }

    // One word: what is wrong is nobody's business but the log's.
    private static async Task AnswerReadyAsync(HttpContext context, Readiness readiness)
    {
        var status = await readiness.AskAsync();
        context.Response.StatusCode = status is HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(status.ToString());
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    // The pages about errors answer a get; a post that failed or was refused is run again as one.
    private static Task ShowAsPage(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        if (context.Features.Get<IExceptionHandlerFeature>() is { Error: var failure })
        {
            context.Request.Method = HttpMethods.Get;
            context.Response.OnStarting(() =>
            {
                context.Response.StatusCode = Status(failure);
                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    private static Task SayWhenToComeBack(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests
                && context.Response.Headers.RetryAfter.Count == 0)
            {
                context.Response.Headers.RetryAfter = "5";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    // A flood of sign-ins must not become a flood of stack traces.
    private static bool IsExpected(ExceptionHandlerSuppressDiagnosticsContext context) => context.Exception is PortalBusyException;

    private static int Status(Exception failure) => failure switch
    {
        Microsoft.AspNetCore.Http.BadHttpRequestException bad => bad.StatusCode,
        AntiforgeryValidationException or InvalidDataException => StatusCodes.Status400BadRequest,
        PortalBusyException => StatusCodes.Status429TooManyRequests,
        DbException or DbUpdateException => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static void Trust(ForwardedHeadersOptions options, IOptions<PortalOptions> portal)
    {
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in portal.Value.KnownProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        // Nobody known: nobody believed. (Empty lists alone would mean everybody.)
        options.ForwardedHeaders = portal.Value.KnownProxies.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        options.ForwardLimit = null;
    }
}
