using System.Collections.Frozen;

namespace IoTHealth.Measurements;

/// <summary>
/// The vital signs and kinds of act the product knows. LOINC from the FHIR R4 vital-signs profiles, MDC from IEEE
/// 11073-10101 (partition 2 vital signs) and 11073-10471 (partition 130 independent living), units in UCUM. What implanted
/// heart devices report stands in <see cref="ImplantSigns"/>.
/// </summary>
public static class VitalSignCatalogue
{
    private const uint IndependentLiving = 130u * 65536u;

    public static readonly VitalSign Systolic = Number("systolic", "Systolic pressure", "収縮期血圧", "8480-6", 150021, "mm[Hg]", 40, 300, 0);
    public static readonly VitalSign Diastolic = Number("diastolic", "Diastolic pressure", "拡張期血圧", "8462-4", 150022, "mm[Hg]", 20, 200, 0);
    public static readonly VitalSign MeanPressure = Number("mean-pressure", "Mean arterial pressure", "平均血圧", "8478-0", 150023, "mm[Hg]", 25, 250, 0);
    public static readonly VitalSign PulseRate = Number("pulse-rate", "Pulse rate", "脈拍数", "8867-4", 149546, "/min", 20, 300, 0);
    public static readonly VitalSign HeartRate = Number("heart-rate", "Heart rate", "心拍数", "8867-4", 147842, "/min", 20, 300, 0);
    public static readonly VitalSign RespirationRate = Number("respiration-rate", "Respiration rate", "呼吸数", "9279-1", 151562, "/min", 2, 80, 0);
    public static readonly VitalSign OxygenSaturation = Number("oxygen-saturation", "SpO2", "経皮的酸素飽和度", "2708-6", 150456, "%", 30, 100, 0);
    public static readonly VitalSign BodyTemperature = Number("body-temperature", "Body temperature", "体温", "8310-5", 150364, "Cel", 25, 45, 1);
    public static readonly VitalSign BodyWeight = Number("body-weight", "Body weight", "体重", "29463-7", 188736, "kg", 1, 400, 1);
    public static readonly VitalSign BodyHeight = Number("body-height", "Body height", "身長", "8302-2", 188740, "cm", 30, 260, 1);
    public static readonly VitalSign GlucoseMass = Number("glucose", "Blood glucose", "血糖値", "2339-0", 160184, "mg/dL", 10, 800, 0);
    public static readonly VitalSign BodyMotion = Number("body-motion", "Body motion", "体動", null, IndependentLiving + 7, "/min", 0, 600, 0);
    public static readonly VitalSign BedPresence = Code("bed-presence", "Bed presence", "在床", IndependentLiving + 11, "in-bed", "out-of-bed");
    public static readonly VitalSign BedExit = Code("bed-exit", "Bed exit", "離床", IndependentLiving + 11, "exited", "exiting");
    public static readonly VitalSign Fall = Code("fall", "Fall", "転倒", IndependentLiving + 1, "detected");

    /// <summary>Every sign by its code.</summary>
    public static readonly FrozenDictionary<string, VitalSign> Signs = new[]
    {
        Systolic, Diastolic, MeanPressure, PulseRate, HeartRate, RespirationRate, OxygenSaturation, BodyTemperature,
        BodyWeight, BodyHeight, GlucoseMass, BodyMotion, BedPresence, BedExit, Fall,
    }.Concat(ImplantSigns.Kinds.SelectMany(kind => kind.Optional)).ToFrozenDictionary(sign => sign.Code, StringComparer.Ordinal);

    /// <summary>Every kind of act by its code.</summary>
    public static readonly FrozenDictionary<string, MeasurementKind> Kinds = new[]
    {
        new MeasurementKind(
            "blood-pressure", [Systolic, Diastolic], [MeanPressure, PulseRate], "85354-9", 150020, EntryPriority.Episode, RecordCategory.VitalSigns)
        {
            NameEn = "Blood pressure", NameJa = "血圧",
        },
        Single(HeartRate, EntryPriority.Reading, RecordCategory.VitalSigns),
        Single(RespirationRate, EntryPriority.Reading, RecordCategory.VitalSigns),
        Single(OxygenSaturation, EntryPriority.Episode, RecordCategory.VitalSigns, PulseRate),
        Single(BodyTemperature, EntryPriority.Episode, RecordCategory.VitalSigns),
        Single(BodyWeight, EntryPriority.Episode, RecordCategory.BodyMeasurement),
        Single(BodyHeight, EntryPriority.Episode, RecordCategory.BodyMeasurement),
        Single(GlucoseMass, EntryPriority.Episode, RecordCategory.Laboratory),
        Single(BodyMotion, EntryPriority.Stream, RecordCategory.Activity),
        Single(BedPresence, EntryPriority.Reading, RecordCategory.Activity),
        Single(BedExit, EntryPriority.Episode, RecordCategory.Activity),
        Single(Fall, EntryPriority.Episode, RecordCategory.Activity),
    }.Concat(ImplantSigns.Kinds).ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    /// <summary>What staff read for a code of a coded sign; the code itself where there is no word for it.</summary>
    public static (string Ja, string En) NameOfCode(string code) => code switch
    {
        "in-bed" => ("在床中", "in bed"),
        "out-of-bed" => ("離床中", "out of bed"),
        "exited" => ("離床", "left the bed"),
        "exiting" => ("起き上がり", "getting up"),
        "detected" => ("検知", "detected"),
        _ => ImplantSigns.NameOfCode(code),
    };

    private static VitalSign Number(
        string code, string en, string ja, string? loinc, uint mdc, string unit, decimal minimum, decimal maximum, int decimals) =>
        new(code, en, ja, loinc, mdc, unit, minimum, maximum, decimals, []);

    private static VitalSign Code(string code, string en, string ja, uint mdc, params string[] codes) =>
        new(code, en, ja, null, mdc, "", 0, 0, 0, codes);

    private static MeasurementKind Single(
        VitalSign sign, EntryPriority priority, RecordCategory category, params VitalSign[] optional) =>
        new(sign.Code, [sign], optional, null, null, priority, category) { NameEn = sign.NameEn, NameJa = sign.NameJa };
}
