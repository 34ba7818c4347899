namespace ConcurrentSessions.Web.Api;

/// <summary>Refuses queries that hold the character NUL: nothing the portal keeps does, and PostgreSQL does not take it.</summary>
internal sealed class TextFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Query.Any(q => q.Value.Any(v => v?.Contains('\0') == true))
            ? ValueTask.FromResult<object?>(ApiAnswers.BadRequest("The query must not hold the character NUL."))
            : next(context);
}
