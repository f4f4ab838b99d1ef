using System.Globalization;
using System.Text.Json;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Reads one sign of a record as its mapping says.</summary>
internal sealed class SignReader(SignMapping mapping)
{
    private readonly JsonPath _path = new(mapping.From);
    private readonly VitalSign _sign = VitalSignCatalogue.Signs[mapping.Sign];
    private readonly (decimal Number, string Reason)[] _absentNumbers = [.. NumbersOf(mapping.Absent)];

    public string Sign => mapping.Sign;

    /// <summary>Path of the field it reads.</summary>
    public string From => mapping.From;

    /// <summary>Words of the field that this mapping knows.</summary>
    public IEnumerable<string> Words => mapping.Codes.Keys.Concat(mapping.Absent.Keys);

    public bool IsCoded => _sign.IsCoded;

    /// <summary>
    /// Reads the sign. A field that is not there, or a word that this mapping does not know, gives null.
    /// </summary>
    /// <exception cref="FormatException">The field of a quantity holds something else.</exception>
    public MeasuredValue? Read(JsonElement record)
    {
        if (!_path.TryFind(record, out var value))
        {
            return null;
        }

        var word = JsonText.Word(value);
        if (word is not null && mapping.Absent.TryGetValue(word, out var reason))
        {
            return new MeasuredValue.Absent(reason);
        }

        return IsCoded ? Code(word) : Number(value);
    }

    private MeasuredValue.Coded? Code(string? word) =>
        word is not null && mapping.Codes.TryGetValue(word, out var code) ? new MeasuredValue.Coded(_sign.CodeSystem, code) : null;

    private MeasuredValue Number(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number))
        {
            throw new FormatException($"field '{mapping.From}' is not a number");
        }

        // 0, 0.0 and -0 are the same word of a device that has no other for 'nothing'.
        var absent = Array.Find(_absentNumbers, pair => pair.Number == number);
        return absent.Reason is { } reason
            ? new MeasuredValue.Absent(reason)
            : new MeasuredValue.Quantity(number, UnitConversion.ToUcum(mapping.Unit));
    }

    private static IEnumerable<(decimal Number, string Reason)> NumbersOf(IReadOnlyDictionary<string, string> absent)
    {
        foreach (var (word, reason) in absent)
        {
            if (decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                yield return (number, reason);
            }
        }
    }
}
