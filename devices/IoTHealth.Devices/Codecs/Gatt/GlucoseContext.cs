using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>
/// Glucose Measurement Context (2A34): what went with a measurement, joined to it by sequence number. Zero bytes after the
/// last field (a fixed buffer) are tolerated.
/// </summary>
public sealed record GlucoseContext
{
    public required ushort Sequence { get; init; }

    public byte? ExtendedFlags { get; init; }

    /// <summary>1 breakfast, 2 lunch, 3 dinner, 4 snack, 5 drink, 6 supper, 7 brunch.</summary>
    public byte? CarbohydrateId { get; init; }

    public MedicalNumber? CarbohydrateKilograms { get; init; }

    /// <summary>1 before, 2 after a meal, 3 fasting, 4 casual, 5 bedtime.</summary>
    public byte? Meal { get; init; }

    /// <summary>1 self, 2 professional, 3 laboratory, 15 not available.</summary>
    public byte? Tester { get; init; }

    /// <summary>1 minor, 2 major issue, 3 menses, 4 stress, 5 none, 15 not available.</summary>
    public byte? Health { get; init; }

    /// <summary>Seconds; 65535 is an overrun.</summary>
    public ushort? ExerciseSeconds { get; init; }

    public byte? ExerciseIntensityPercent { get; init; }

    /// <summary>1 rapid, 2 short, 3 intermediate, 4 long acting, 5 premixed insulin.</summary>
    public byte? MedicationId { get; init; }

    /// <summary>Kilograms, or litres as <see cref="IsMedicationLitres"/> says.</summary>
    public MedicalNumber? Medication { get; init; }

    public bool IsMedicationLitres { get; init; }

    public MedicalNumber? HbA1cPercent { get; init; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out GlucoseContext context, out string reason)
    {
        var reader = new GattReader(bytes);
        var flags = reader.U8();
        bool Has(int bit) => (flags >> bit & 1) != 0;
        var sequence = reader.U16();
        byte? extended = Has(7) ? reader.U8() : null;
        byte? carbohydrate = Has(0) ? reader.U8() : null;
        MedicalNumber? carbohydrates = Has(0) ? reader.Sfloat() : null;
        byte? meal = Has(1) ? reader.U8() : null;
        byte? testerAndHealth = Has(2) ? reader.U8() : null;
        ushort? exercise = Has(3) ? reader.U16() : null;
        byte? intensity = Has(3) ? reader.U8() : null;
        byte? medication = Has(4) ? reader.U8() : null;
        MedicalNumber? dose = Has(4) ? reader.Sfloat() : null;
        MedicalNumber? hbA1c = Has(6) ? reader.Sfloat() : null;
        context = new GlucoseContext
        {
            Sequence = sequence,
            ExtendedFlags = extended,
            CarbohydrateId = carbohydrate,
            CarbohydrateKilograms = carbohydrates,
            Meal = meal,
            Tester = (byte?)(testerAndHealth & 0x0F),
            Health = (byte?)(testerAndHealth >> 4),
            ExerciseSeconds = exercise,
            ExerciseIntensityPercent = intensity,
            MedicationId = medication,
            Medication = dose,
            IsMedicationLitres = Has(5),
            HbA1cPercent = hbA1c,
        };
        reason = reader.IsShort ? "shorter than its flags say" : reader.Rest().ContainsAnyExcept((byte)0) ? "longer than its flags say" : "";
        return reason.Length == 0;
    }
}
