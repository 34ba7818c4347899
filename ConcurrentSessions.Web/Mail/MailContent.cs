namespace ConcurrentSessions.Web.Mail;

/// <summary>What a mail says, from top to bottom, before it is laid out. The heading is also the subject, after the name of the portal.</summary>
public sealed record MailContent(string Heading, params IReadOnlyList<string> Paragraphs)
{
    public IReadOnlyList<(string Label, string Value)> Facts { get; init; } = [];

    public (string Label, Uri Link)? Button { get; init; }

    /// <summary>What to do, after the button.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>A second link, below the advice.</summary>
    public (string Label, Uri Link)? SecondLink { get; init; }

    /// <summary>Why it was sent, in small print before who sent it and the reference.</summary>
    public string Footer { get; init; } = "";
}
