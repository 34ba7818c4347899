using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>The database did not answer: the one failure a page expects, says and lets the person try again.</summary>
public static class DatabaseFailure
{
    public const string OnRead = "Your sessions could not be read because the database did not answer. Nothing was changed.";
    public const string OnWrite = "That could not be done because the database did not answer. Nothing was changed; try again.";

    public static bool Is(Exception failure) =>
        failure is DbException or DbUpdateException or RetryLimitExceededException or TimeoutException;
}
