using System.Text.Json;

namespace IoTHealth.Devices.Profiles;

/// <summary>A path of object members, <c>a.b.c</c>.</summary>
internal sealed class JsonPath(string text)
{
    private readonly string[] _names = text.Length == 0 ? [] : text.Split('.');

    public string Text { get; } = text;

    /// <summary>The value at the path; false when it is not there or null.</summary>
    public bool TryFind(JsonElement root, out JsonElement value)
    {
        value = root;
        foreach (var name in _names)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return false;
            }
        }

        return value.ValueKind != JsonValueKind.Null;
    }
}
