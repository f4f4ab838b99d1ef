using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.VectorRunner;

/// <summary>Puts decoded parts under the names vectors use.</summary>
internal static class Named
{
    public static JsonObject Add(this JsonObject values, string name, MedicalNumber? number)
    {
        if (number is { } present)
        {
            values[name] = present.Value;
            values[name + "_special"] = present.Special;
        }

        return values;
    }

    public static JsonObject AddTime(this JsonObject values, string name, GattDateTime? time)
    {
        if (time is { } present)
        {
            values[name] = present.ToString();
            values[name + "_complete"] = present.IsComplete;
        }

        return values;
    }

    public static JsonObject AddIso(this JsonObject values, string name, DateTime? time)
    {
        values[name] = time?.ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        return values;
    }

    public static JsonArray List(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];
}
