namespace IoTHealth.Links.DBus;

/// <summary>Reads D-Bus signatures. D-Bus Specification, "Type System" and "Valid Signatures".</summary>
internal static class TypeText
{
    private const int MaximumLength = 255;
    private const int MaximumArrayDepth = 32;
    private const int MaximumStructDepth = 32;
    private const int Invalid = -1;

    /// <summary>The complete types of a signature, one after the other; null when it is not valid.</summary>
    public static IReadOnlyList<string>? Split(string signature)
    {
        if (signature.Length > MaximumLength)
        {
            return null;
        }

        var types = new List<string>();
        for (var at = 0; at < signature.Length;)
        {
            var end = End(signature, at, 0, 0);
            if (end == Invalid)
            {
                return null;
            }

            types.Add(signature[at..end]);
            at = end;
        }

        return types;
    }

    /// <summary>Whether this is one complete type, as a variant holds it.</summary>
    public static bool IsSingle(string signature) => Split(signature) is { Count: 1 };

    /// <summary>The types inside of a valid struct or dictionary entry.</summary>
    public static IReadOnlyList<string> Members(string type) => Split(type[1..^1])!;

    /// <summary>To which multiple of bytes a value of the type that begins with this letter is padded.</summary>
    public static int AlignmentOf(char first) => first switch
    {
        'y' or 'g' or 'v' => 1,
        'n' or 'q' => 2,
        'x' or 't' or 'd' or '(' or '{' => 8,
        _ => 4,
    };

    private static bool IsBasic(char letter) => "ybnqiuxtdsogh".Contains(letter);

    private static int End(string text, int at, int arrays, int structs)
    {
        if (at >= text.Length || arrays > MaximumArrayDepth || structs > MaximumStructDepth)
        {
            return Invalid;
        }

        return text[at] switch
        {
            'a' when at + 1 < text.Length && text[at + 1] == '{' => EndOfEntry(text, at + 2, arrays + 1, structs + 1),
            'a' => End(text, at + 1, arrays + 1, structs),
            '(' => EndOfStruct(text, at + 1, arrays, structs + 1),
            'v' => at + 1,
            var letter => IsBasic(letter) ? at + 1 : Invalid,
        };
    }

    private static int EndOfStruct(string text, int at, int arrays, int structs)
    {
        var first = at;
        while (at < text.Length && text[at] != ')')
        {
            at = End(text, at, arrays, structs);
            if (at == Invalid)
            {
                return Invalid;
            }
        }

        return at < text.Length && at > first ? at + 1 : Invalid;
    }

    private static int EndOfEntry(string text, int at, int arrays, int structs)
    {
        if (at >= text.Length || !IsBasic(text[at]))
        {
            return Invalid;
        }

        var end = End(text, at + 1, arrays, structs);
        return end != Invalid && end < text.Length && text[end] == '}' ? end + 1 : Invalid;
    }
}
