using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace ConcurrentSessions.Web.Components.Account.Parts;

/// <summary>A line of text in a static form: label, help and what is wrong with it, tied together for assistive technology.</summary>
public abstract class FieldBase : InputBase<string?>
{
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public string? Help { get; set; }

    [Parameter]
    public string Autocomplete { get; set; } = "off";

    /// <summary>The element's id is its form name, as in the framework's template.</summary>
    protected string Id => NameAttributeValue;

    protected string HelpId => Id + ".help";

    protected string ErrorId => Id + ".error";

    protected string? Error => EditContext.GetValidationMessages(FieldIdentifier).FirstOrDefault();

    protected string? Invalid => Error is null ? null : "true";

    protected string? DescribedBy => (Help, Error) switch
    {
        (null, null) => null,
        (_, null) => HelpId,
        (null, _) => ErrorId,
        _ => $"{ErrorId} {HelpId}",
    };

    protected override bool TryParseValueFromString(
        string? value, out string? result, [NotNullWhen(false)] out string? validationErrorMessage)
    {
        (result, validationErrorMessage) = (value, null);
        return true;
    }
}
