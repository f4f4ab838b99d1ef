using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What a meter says it is.</summary>
/// <param name="Name">Product name.</param>
/// <param name="Versions">Versions of digital engine, analogue engine and game board, between back-slashes.</param>
/// <param name="Sku">SKU, or null: many meters send none.</param>
internal sealed record MeterProduct(string Name, string Versions, string? Sku)
{
    public const string Standard = @"Contour7390^01.24\01.04\09.02.20^7403-";

    /// <summary>Reads <c>NAME</c> (standard versions and SKU), <c>NAME^VERSIONS</c> (no SKU) or <c>NAME^VERSIONS^SKU</c>.</summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    public static MeterProduct Parse(string text)
    {
        var parts = text.Split('^');
        return parts.Any(part => part.Length == 0 || !IsPlain(part)) ? throw Refused(text)
            : parts switch
            {
                [var name] => Parse(Standard) with { Name = name },
                [var name, var versions] => new MeterProduct(name, versions, null),
                [var name, var versions, var sku] => new MeterProduct(name, versions, sku),
                _ => throw Refused(text),
            };
    }

    /// <summary>A text that has a meaning of its own in no record: letters, digits, points, dashes.</summary>
    public static bool IsPlain(string text) => text.All(letter => letter is >= ' ' and <= '~' and not ('|' or '^' or '&'));

    /// <summary>The header's field of the sender.</summary>
    public string Sender(string serial) => $"{Name}^{Versions}^{serial}{(Sku is null ? "" : "^" + Sku)}";

    private static UsageException Refused(string text) => new($@"--model: '{text}' is not NAME, NAME^VERSIONS or NAME^VERSIONS^SKU, such as {Standard}");
}
