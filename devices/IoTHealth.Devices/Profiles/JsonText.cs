using System.Runtime.InteropServices;
using System.Text.Json;

namespace IoTHealth.Devices.Profiles;

/// <summary>JSON values as the device wrote them.</summary>
internal static class JsonText
{
    /// <summary>The very bytes, even where they are not UTF-8.</summary>
    public static byte[] Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).ToArray();

    /// <summary>The content of a text; a number, true or false as it is written; null for anything else and for what is not Unicode.</summary>
    public static string? Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Content(value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static string? Content(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json looks at the content of a text only when asked for it.
            return null;
        }
    }
}
