using System.Net.Mime;
using ConcurrentSessions.Web.Components.Layout;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>The posts of the account pages that have no page of their own. All of them ask for the antiforgery token.</summary>
public static class AccountEndpoints
{
    public static RouteGroupBuilder MapAccountEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/Account").AddEndpointFilter(RequireAntiforgeryTokenAsync).ExcludeFromDescription();
        account.MapPost("/Logout", SignOutAsync).OpenBeforeEnrolment();
        account.MapPost("/Theme", ChangeTheme).OpenBeforeEnrolment();
        account.MapPost("/PasskeyCreationOptions", PasskeyCreationOptionsAsync)
            .RequireAuthorization(new FreshProofAttribute { Page = "/Account/Manage/Passkeys" }).OpenBeforeEnrolment();
        account.MapPost("/PasskeyRequestOptions", PasskeyRequestOptionsAsync);
        account.MapPost("/PasskeySecondFactorOptions", PasskeySecondFactorOptionsAsync);
        account.MapPost("/PasskeyProofOptions", PasskeyProofOptionsAsync).RequireAuthorization().OpenBeforeEnrolment();
        account.MapGet("/ExternalSignIn", ExternalSignIn.StartAsync);
        account.MapPost("/Manage/DownloadPersonalData", DownloadPersonalDataAsync)
            .RequireAuthorization(new FreshProofAttribute { Page = "/Account/Manage/PersonalData" });
        return account;
    }

    // One check for all of them, before anything is read from the form: the framework's own looks only at endpoints
    // that bind form fields, and those answer an empty body with an exception.
    private static async ValueTask<object?> RequireAntiforgeryTokenAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var antiforgery = call.HttpContext.RequestServices.GetRequiredService<IAntiforgery>();
        if (await IsValidAsync(antiforgery, call.HttpContext))
        {
            return await next(call);
        }

        await call.HttpContext.RequestServices.GetRequiredService<RefusalTrail>().NoteFormAsync(call.HttpContext);
        return TypedResults.BadRequest();
    }

    // A form that cannot be read holds no token.
    private static async Task<bool> IsValidAsync(IAntiforgery antiforgery, HttpContext context)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(context);
        }
        catch (Exception failure) when (failure is AntiforgeryValidationException or InvalidDataException or IOException)
        {
            return false;
        }
    }

    private static async Task<IResult> SignOutAsync(HttpRequest request, SignInManager<PortalUser> signIn)
    {
        await signIn.SignOutAsync();
        return TypedResults.LocalRedirect(AccountRedirects.Local(Field(request, "returnUrl")));
    }

    private static RedirectHttpResult ChangeTheme(HttpRequest request, HttpResponse response)
    {
        ThemeCookie.Write(response, ThemeCookie.Parse(Field(request, "theme")));
        return TypedResults.LocalRedirect(AccountRedirects.Local(Field(request, "returnUrl")));
    }

    // A token may also come in a header, without any form.
    private static string? Field(HttpRequest request, string name) => request.HasFormContentType ? request.Form[name].ToString() : null;

    private static async Task<IResult> PasskeyCreationOptionsAsync(
        HttpContext context, UserManager<PortalUser> users, SignInManager<PortalUser> signIn)
    {
        if (await users.GetUserAsync(context.User) is not { } user)
        {
            return TypedResults.NotFound();
        }

        var name = user.UserName ?? user.Id;
        var options = await signIn.MakePasskeyCreationOptionsAsync(new() { Id = user.Id, Name = name, DisplayName = name });
        return TypedResults.Content(options, MediaTypeNames.Application.Json);
    }

    private static async Task<IResult> PasskeySecondFactorOptionsAsync(SignInManager<PortalUser> signIn) =>
        await signIn.GetTwoFactorAuthenticationUserAsync() is { } user ? await RequestOptionsAsync(signIn, user) : TypedResults.NotFound();

    private static async Task<IResult> PasskeyProofOptionsAsync(
        HttpContext context, UserManager<PortalUser> users, SignInManager<PortalUser> signIn) =>
        await users.GetUserAsync(context.User) is { } user ? await RequestOptionsAsync(signIn, user) : TypedResults.NotFound();

    // Never for a named user: the list of somebody's passkeys would tell who has an account.
    private static Task<IResult> PasskeyRequestOptionsAsync(SignInManager<PortalUser> signIn) => RequestOptionsAsync(signIn, user: null);

    private static async Task<IResult> RequestOptionsAsync(SignInManager<PortalUser> signIn, PortalUser? user) =>
        TypedResults.Content(await signIn.MakePasskeyRequestOptionsAsync(user), MediaTypeNames.Application.Json);

    private static async Task<IResult> DownloadPersonalDataAsync(HttpContext context, PersonalDataFile file) =>
        await file.WriteAsync(context.ToActor(), context.RequestAborted) is { } bytes
            ? TypedResults.File(bytes, MediaTypeNames.Application.Json, PersonalDataFile.Name)
            : TypedResults.NotFound();
}
