namespace IoTHealth.Demo.Facilities;

/// <summary>A medical device at a resident's bed, on its own kind of link.</summary>
/// <param name="Key">Key in the edge's registry.</param>
/// <param name="Profile">Driver.</param>
/// <param name="Maker">Manufacturer.</param>
/// <param name="Model">Model.</param>
/// <param name="Serial">Serial number.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Resident">Whose it is.</param>
/// <param name="Line">Path of its serial line.</param>
/// <param name="Radio">Its Bluetooth address. With neither it reports by MLLP.</param>
public sealed record BedsideDevice(
    string Key, string Profile, string Maker, string Model, string Serial, string Place, string Resident, string? Line = null, string? Radio = null)
{
    public const string SerialMeter = "contour-meter";
    public const string RadioMeter = "glucose-meter-ble";
    public const string Cuff = "blood-pressure-cuff";
    public const string Pacemaker = "pacemaker";

    /// <summary>One of each kind, for the residents that are watched over.</summary>
    public static IReadOnlyList<BedsideDevice> OneOfEach(IReadOnlyList<Robot> robots)
    {
        var (first, last) = (robots[0], robots[^1]);
        return
        [
            new("meter-01", SerialMeter, "Ascensia", "Contour", "C-0001", first.Place, first.Resident!, Line: "meter-01.line"),
            new("meter-02", RadioMeter, "IoTHealth", "Meter-B", "G-0001", last.Place, last.Resident!, Radio: "C0:26:DA:00:00:02"),
            new("cuff-01", Cuff, "IoTHealth", "Cuff-1", "B-0001", first.Place, first.Resident!, Radio: "C0:26:DA:00:00:01"),
            new("pacemaker-01", Pacemaker, "IoTHealth", "Pace-DR", "P-0001", last.Place, last.Resident!),
        ];
    }
}
