using IoTHealth.Devices.Pacemaker;

namespace IoTHealth.Devices;

/// <summary>What becomes of a report, and what its sender is told: the acknowledgement codes of HL7 v2 table 0008.</summary>
public enum ReportVerdict
{
    /// <summary>AA: all of it is kept.</summary>
    Accepted,

    /// <summary>AE: it is a report, but not one we can use.</summary>
    Unusable,

    /// <summary>AR: it is no report in a form we know.</summary>
    NotUnderstood,
}

/// <summary>What one report message held.</summary>
/// <param name="Verdict">Whether it can be used.</param>
/// <param name="Reason">Why not, or what of it could not be read; empty for a report that was read whole.</param>
/// <param name="Model">Model of the device it speaks of; empty where it names none.</param>
/// <param name="Serial">Serial number of that device.</param>
/// <param name="Upload">Readings, documents and refusals; of an unusable report the refusal of the whole.</param>
/// <param name="Message">The message as it came.</param>
public sealed record DecodedReport(
    ReportVerdict Verdict, string Reason, string Model, string Serial, DecodedUpload Upload, ReadOnlyMemory<byte> Message)
{
    /// <summary>A message of which nothing is taken.</summary>
    public static DecodedReport Refused(ReportVerdict verdict, string reason, ReadOnlyMemory<byte> message) =>
        new(verdict, reason, "", "", DecodedUpload.Refused(reason, message), message);

    /// <summary>The maker as the report names it, in any of several spellings; empty where it names none.</summary>
    public IReadOnlyList<string> Makers { get; init; } = [];

    /// <summary>
    /// Whether the report speaks of this device. One that names no model goes by its serial number and the maker it names: makers
    /// number their devices each for themselves.
    /// </summary>
    public bool IsOf(DeviceContext device) => IsSame(Serial, device.Serial) &&
        (Model.Length == 0 ? Makers.Count == 0 || Makers.Any(maker => IdcoEnumerations.IsMaker(maker, device.Maker)) : IsSame(Model, device.Model));

    /// <summary>The report as one of this device: unusable where it speaks of another.</summary>
    public DecodedReport For(DeviceContext device) => Verdict != ReportVerdict.Accepted || IsOf(device)
        ? this
        : Refused(ReportVerdict.Unusable, "it speaks of another device than the registered one", Message);

    private static bool IsSame(string one, string other) => one.Trim().Equals(other.Trim(), StringComparison.OrdinalIgnoreCase);
}
