using Microsoft.AspNetCore.SignalR;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>
/// A page whose circuit is gone is loaded again, never resumed from what was kept of it: that would go on under whoever is
/// signed in by then.
/// </summary>
internal sealed class NoResumption : IHubFilter
{
    // Null is the hub's own answer to a state it does not know: the browser loads the page again.
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        invocationContext.HubMethodName is "ResumeCircuit" ? ValueTask.FromResult<object?>(null) : next(invocationContext);
}
