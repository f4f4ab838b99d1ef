using System.Text.Json;

namespace IoTHealth.Devices.Profiles;

/// <summary>Sees that a field of coded signs holds a word that one of its mappings knows: an unknown one must not vanish.</summary>
internal sealed class WordCheck(string field, IEnumerable<string> words)
{
    private readonly JsonPath _path = new(field);
    private readonly string[] _words = [.. words.Distinct(StringComparer.Ordinal)];

    public static IEnumerable<WordCheck> For(IEnumerable<SignReader> signs) => signs.Where(sign => sign.IsCoded)
        .GroupBy(sign => sign.From, StringComparer.Ordinal)
        .Select(field => new WordCheck(field.Key, field.SelectMany(sign => sign.Words)));

    /// <summary>What is wrong with the field, or null.</summary>
    public string? Mistake(JsonElement record) =>
        _path.TryFind(record, out var value) && !(JsonText.Word(value) is { } word && _words.Contains(word, StringComparer.Ordinal))
            ? $"field '{field}' holds none of {string.Join(", ", _words)}"
            : null;
}
