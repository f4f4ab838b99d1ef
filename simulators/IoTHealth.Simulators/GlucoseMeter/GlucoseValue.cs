using System.Globalization;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>Glucose Measurement (2A18) and its context (2A34) of the Glucose Service 1.0; the sequence number is the record's index.</summary>
internal static class GlucoseValue
{
    private const int HasConcentration = 0x02;
    private const int MolesPerLitre = 0x04;
    private const int HasStatus = 0x08;
    private const int ContextFollows = 0x10;

    // Type in the low four bits, sample location in the high ones.
    private const int CapillaryWholeBloodOfFinger = 0x11;
    private const int ControlSolution = 0x4A;

    private const int TooHigh = 0x20;
    private const int TooLow = 0x40;

    // 1 mg/dL is 1e-5 kg/L; 0.1 mmol/L is 1e-4 mol/L.
    private const int MassExponent = -5;
    private const int MolarExponent = -4;

    private const int HasMeal = 0x02;

    public static byte[] Encode(MemoryRecord record)
    {
        var molar = record.Unit == GlucoseUnit.Molar;
        var value = new ValueWriter()
            .Byte(HasConcentration | (molar ? MolesPerLitre : 0) | (record.OutOfRange is null ? 0 : HasStatus) | (Meal(record) is null ? 0 : ContextFollows))
            .Word(record.Index)
            .DateTime(record.Time)
            .Word(Sfloat.Of(Steps(record), molar ? MolarExponent : MassExponent))
            .Byte(record.Control ? ControlSolution : CapillaryWholeBloodOfFinger);
        return (record.OutOfRange is { } limit ? value.Word(limit == "high" ? TooHigh : TooLow) : value).ToArray();
    }

    /// <summary>What the resident told about the meal, or null where nothing was told.</summary>
    public static byte[]? EncodeContext(MemoryRecord record) =>
        Meal(record) is { } meal ? new ValueWriter().Byte(HasMeal).Word(record.Index).Byte(meal).ToArray() : null;

    private static int Steps(MemoryRecord record) =>
        (int)(decimal.Parse(record.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / record.Unit.Step);

    // 1 before, 2 after a meal, 3 fasting.
    private static int? Meal(MemoryRecord record) => record.Markers.Split('/')[0] switch
    {
        "B" => 1,
        "A" => 2,
        "F" => 3,
        _ => null,
    };
}
