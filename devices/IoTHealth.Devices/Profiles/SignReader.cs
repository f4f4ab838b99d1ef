using System.Text.Json;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Reads one sign of a record as its mapping says.</summary>
internal sealed class SignReader(SignMapping mapping)
{
    private readonly JsonPath _path = new(mapping.From);
    private readonly VitalSign _sign = VitalSignCatalogue.Signs[mapping.Sign];

    public string Sign => mapping.Sign;

    /// <summary>Path of the field it reads.</summary>
    public string From => mapping.From;

    /// <summary>Words of the field that this mapping knows.</summary>
    public IEnumerable<string> Words => mapping.Codes.Keys;

    public bool IsCoded => _sign.IsCoded;

    /// <summary>The raw text of the field, or null where it is not there.</summary>
    public string? Word(JsonElement record) =>
        _path.TryFind(record, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// Reads the sign. A field that is not there, or a word that another mapping of the field knows, gives null.
    /// </summary>
    /// <exception cref="FormatException">The field holds something else.</exception>
    public MeasuredValue? Read(JsonElement record)
    {
        if (!_path.TryFind(record, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (mapping.Absent.TryGetValue(text, out var reason))
        {
            return new MeasuredValue.Absent(reason);
        }

        if (IsCoded)
        {
            return mapping.Codes.TryGetValue(text, out var code) ? new MeasuredValue.Coded(_sign.CodeSystem, code) : null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? new MeasuredValue.Quantity(number, UnitConversion.ToUcum(mapping.Unit))
            : throw new FormatException($"field '{mapping.From}' is not a number");
    }
}
