using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IoTHealth.Documents;

/// <summary>Scalars by the core schema of YAML 1.2: only plain ones are anything but text.</summary>
internal static class YamlScalar
{
    private const string TextTag = "tag:yaml.org,2002:str";

    public static JsonValue? ToJson(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == TextTag))
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "null" or "Null" or "NULL" or "~" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when TryNumber(text, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    // The schema's validator trips over larger ones. None is meant.
    private static bool TryNumber(string text, out decimal number)
    {
        number = 0;
        return LooksNumeric(text)
               && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
               && decimal.Abs(number) <= long.MaxValue;
    }

    private static bool LooksNumeric(string text) => text[0] is '-' or '+' or '.' || char.IsAsciiDigit(text[0]);
}
