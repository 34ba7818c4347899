using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Mail;

/// <summary>A transaction that promised a mail was committed.</summary>
public sealed class OutboxBell : CommitBell;
