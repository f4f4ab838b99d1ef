using System.Reflection;
using NJsonSchema;

namespace IoTHealth.Documents;

/// <summary>The JSON schema that lies beside a kind of document.</summary>
public sealed class DocumentSchema
{
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

    private static IEnumerable<NJsonSchema.Validation.ValidationError> Flatten(NJsonSchema.Validation.ValidationError error) =>
        error is NJsonSchema.Validation.ChildSchemaValidationError child && child.Errors.Values.Any(errors => errors.Count > 0)
            ? child.Errors.Values.SelectMany(errors => errors).SelectMany(Flatten)
            : [error];

    private static string Describe(NJsonSchema.Validation.ValidationError error) => error.Kind switch
    {
        NJsonSchema.Validation.ValidationErrorKind.NoAdditionalPropertiesAllowed => $"unknown key '{error.Property}'",
        NJsonSchema.Validation.ValidationErrorKind.PropertyRequired => $"'{error.Property}' is missing",
        NJsonSchema.Validation.ValidationErrorKind.NotInEnumeration =>
            $"'{error.Property}' must be one of {string.Join(", ", error.Schema.Enumeration)}",
        NJsonSchema.Validation.ValidationErrorKind.PatternMismatch => $"'{error.Property}' must match {error.Schema.Pattern}",
        NJsonSchema.Validation.ValidationErrorKind.NumberTooSmall => $"'{error.Property}' must be at least {error.Schema.Minimum}",
        NJsonSchema.Validation.ValidationErrorKind.NumberTooBig => $"'{error.Property}' must be at most {error.Schema.Maximum}",
        _ => $"'{error.Property}': {error.Kind}",
    };

    // NJsonSchema writes paths as #/a.b[0].c; the document's marks are kept by /a/b/0/c.
    private static string Pointer(string? path) => (path ?? "")
        .TrimStart('#').TrimStart('/')
        .Replace("[", ".", StringComparison.Ordinal)
        .Replace("]", "", StringComparison.Ordinal)
        .Replace('.', '/') is { Length: > 0 } pointer
        ? "/" + pointer
        : "";
}
