using System.Globalization;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Glucose;

/// <summary>What goes with a glucose value, as flags: sample, sensor status, and the context the person entered. Glucose Service 1.0.1.</summary>
internal static class GlucoseFlags
{
    private const ushort ExerciseOverrun = 65535;

    private static readonly string?[] Samples =
    [
        null, "capillary-whole-blood", "capillary-plasma", "venous-whole-blood", "venous-plasma", "arterial-whole-blood", "arterial-plasma",
        "undetermined-whole-blood", "undetermined-plasma", "interstitial-fluid",
    ];

    private static readonly string?[] Locations = [null, "finger", "alternate-site", "earlobe"];
    private static readonly string?[] Carbohydrates = [null, "breakfast", "lunch", "dinner", "snack", "drink", "supper", "brunch"];
    private static readonly string?[] Meals = [null, "before-meal", "after-meal", "fasting", "casual", "bedtime"];
    private static readonly string?[] Testers = [null, "self-tested", "tested-by-professional", "tested-by-laboratory"];

    private static readonly string?[] Healths =
        [null, "minor-health-issue", "major-health-issue", "during-menses", "under-stress", "no-health-issue"];

    private static readonly string?[] Medications =
        [null, "rapid-acting-insulin", "short-acting-insulin", "intermediate-acting-insulin", "long-acting-insulin", "premixed-insulin"];

    /// <summary>Of the measurement itself.</summary>
    public static IEnumerable<string> Of(GlucoseMeasurement reading)
    {
        string?[] sample = [Word(Samples, reading.SampleType), Word(Locations, reading.SampleLocation)];
        var conditions = reading.Status?.Conditions ?? [];
        return sample.OfType<string>().Concat(conditions.Select(condition => condition.Replace('_', '-')));
    }

    /// <summary>Of the context that came with it.</summary>
    public static IEnumerable<string> Of(GlucoseContext context)
    {
        string?[] flags =
        [
            Word(Meals, context.Meal),
            Word(Carbohydrates, context.CarbohydrateId) is { } meal ? $"carbohydrate-{meal}" : null,
            Amount("carbohydrate", context.CarbohydrateKilograms, 3, "g"),
            Word(Testers, context.Tester),
            Word(Healths, context.Health),
            .. Exercise(context),
            Word(Medications, context.MedicationId),
            context.IsMedicationLitres ? Amount("medication", context.Medication, 3, "ml") : Amount("medication", context.Medication, 6, "mg"),
            Amount("hba1c", context.HbA1cPercent, 0, "percent"),
        ];
        return flags.OfType<string>();
    }

    private static string?[] Exercise(GlucoseContext context) => context switch
    {
        { ExerciseSeconds: null } => [],
        { ExerciseSeconds: ExerciseOverrun } => ["exercise-overrun", Number("exercise", context.ExerciseIntensityPercent ?? 0, "percent")],
        _ => [Number("exercise", context.ExerciseSeconds.Value, "s"), Number("exercise", context.ExerciseIntensityPercent ?? 0, "percent")],
    };

    private static string? Word(string?[] words, byte? number) => number < words.Length ? words[number.Value] : null;

    private static string? Amount(string what, MedicalNumber? number, int places, string unit) =>
        number?.Value is { } value ? Number(what, value.MovedRight(places), unit) : null;

    private static string Number(string what, decimal value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{what}-{value}-{unit}");
}
