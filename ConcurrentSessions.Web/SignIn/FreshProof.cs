using Microsoft.AspNetCore.Authorization;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// A page or an endpoint that opens, and does what it does, only with a proof of a factor not older than
/// <see cref="Sessions.Session.FreshProof"/> in this session (ASVS 7.5.1). Browsers are led to <c>/Account/Reauthenticate</c> and
/// back; programs get a 403 of the type <see cref="ProblemType"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class FreshProofAttribute() : AuthorizeAttribute(Policies.FreshProof)
{
    /// <summary>The last proof of identity is too old for this act: prove a factor again, then repeat the call.</summary>
    public const string ProblemType = "/problems/fresh-proof-required";

    public const string Sentence = "Prove again who you are first: your last proof is older than 5 minutes.";

    /// <summary>Where to go on after the proof; null is the address that asked for it.</summary>
    public string? Page { get; init; }
}

internal sealed class FreshProofRequirement : IAuthorizationRequirement;

internal sealed class FreshProofHandler(TimeProvider clock) : AuthorizationHandler<FreshProofRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, FreshProofRequirement requirement)
    {
        if (context.User.HasFreshProof(clock.GetUtcNow()))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
