using System.Reflection;
using NJsonSchema;
using NJsonSchema.Validation;

namespace IoTHealth.Documents;

/// <summary>The JSON schema that lies beside a kind of document.</summary>
public sealed class DocumentSchema
{
    private static readonly Dictionary<ValidationErrorKind, string> Kinds = new()
    {
        [ValidationErrorKind.StringExpected] = "a text",
        [ValidationErrorKind.NumberExpected] = "a number",
        [ValidationErrorKind.IntegerExpected] = "a whole number",
        [ValidationErrorKind.BooleanExpected] = "true or false",
        [ValidationErrorKind.ObjectExpected] = "a mapping",
        [ValidationErrorKind.ArrayExpected] = "a list",
        [ValidationErrorKind.StringTooShort] = "longer",
        [ValidationErrorKind.StringTooLong] = "shorter",
        [ValidationErrorKind.TooFewItems] = "a list with more in it",
    };

    private readonly JsonSchema _schema;

    private DocumentSchema(JsonSchema schema) => _schema = schema;

    /// <summary>Reads an embedded schema by the end of its resource name, for example <c>edge.schema.json</c>.</summary>
    /// <exception cref="InvalidOperationException">The assembly has no such resource.</exception>
    public static DocumentSchema FromResource(Assembly assembly, string nameEnd)
    {
        var name = assembly.GetManifestResourceNames().SingleOrDefault(n => n.EndsWith(nameEnd, StringComparison.Ordinal))
                   ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no single resource *{nameEnd}.");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return new DocumentSchema(JsonSchema.FromJsonAsync(reader.ReadToEnd()).GetAwaiter().GetResult());
    }

    /// <summary>Mistakes as (JSON pointer, reason), in the order of the schema.</summary>
    internal IEnumerable<(string Pointer, string Reason)> Validate(string json) =>
        _schema.Validate(json).SelectMany(Flatten).Select(error => (Pointer(error.Path), Describe(error)));

    private static IEnumerable<ValidationError> Flatten(ValidationError error) =>
        error is ChildSchemaValidationError child && child.Errors.Values.Any(errors => errors.Count > 0)
            ? child.Errors.Values.SelectMany(errors => errors).SelectMany(Flatten)
            : [error];

    private static string Describe(ValidationError error) => error.Kind switch
    {
        ValidationErrorKind.NoAdditionalPropertiesAllowed => $"unknown key '{error.Property}'",
        ValidationErrorKind.PropertyRequired => $"'{error.Property}' is missing",
        ValidationErrorKind.NotInEnumeration => $"{Subject(error)} must be one of {string.Join(", ", error.Schema.Enumeration)}",
        ValidationErrorKind.PatternMismatch => $"{Subject(error)} must {(error.Schema.Description is { Length: > 0 } words ? $"be {words}" : $"match {error.Schema.Pattern}")}",
        ValidationErrorKind.NumberTooSmall => $"{Subject(error)} must be at least {error.Schema.Minimum}",
        ValidationErrorKind.NumberTooBig => $"{Subject(error)} must be at most {error.Schema.Maximum}",
        _ => Kinds.TryGetValue(error.Kind, out var kind) ? $"{Subject(error)} must be {kind}" : $"{Subject(error)}: {error.Kind}",
    };

    private static string Subject(ValidationError error) =>
        Pointer(error.Path) is { Length: > 0 } pointer ? $"'{pointer[(pointer.LastIndexOf('/') + 1)..]}'" : "the document";

    // NJsonSchema writes paths as #/a.b[0].c; the document's marks are kept by /a/b/0/c.
    private static string Pointer(string? path) => (path ?? "")
        .TrimStart('#').TrimStart('/')
        .Replace("[", ".", StringComparison.Ordinal)
        .Replace("]", "", StringComparison.Ordinal)
        .Replace('.', '/') is { Length: > 0 } pointer
        ? "/" + pointer
        : "";
}
