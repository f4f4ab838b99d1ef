namespace IoTHealth.Devices.Codecs;

/// <summary>Parts of a text between separators, found without copying.</summary>
internal static class Delimited
{
    /// <summary>The part with this index, from 0; empty where there are fewer.</summary>
    public static ReadOnlySpan<char> Part(this ReadOnlySpan<char> text, char separator, int index)
    {
        for (; index > 0; index--)
        {
            var end = text.IndexOf(separator);
            if (end < 0)
            {
                return [];
            }

            text = text[(end + 1)..];
        }

        var next = text.IndexOf(separator);
        return next < 0 ? text : text[..next];
    }

    /// <summary>The last part that is not empty; empty where there is none.</summary>
    public static ReadOnlySpan<char> LastPart(this ReadOnlySpan<char> text, char separator)
    {
        var trimmed = text.TrimEnd(separator);
        return trimmed[(trimmed.LastIndexOf(separator) + 1)..];
    }

    /// <summary>All parts, the empty ones too.</summary>
    public static string[] Parts(this ReadOnlySpan<char> text, char separator)
    {
        var parts = new string[text.Count(separator) + 1];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = text.Part(separator, 0);
            parts[i] = part.ToString();
            text = text[Math.Min(part.Length + 1, text.Length)..];
        }

        return parts;
    }
}
