namespace IoTHealth.Demo.Facilities;

/// <summary>A watch-over robot, its credential and the resident it watches over; without one its readings wait.</summary>
public sealed record Robot(string Key, string Serial, string Place, string Password, string? Resident)
{
    public const string Maker = "IoTHealth";
    public const string Model = "WatchOver-1";

    public string Topic => $"watchover/{Key}/readings";
}
