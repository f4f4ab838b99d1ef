using System.Globalization;
using System.Text.Json;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Facilities;

/// <summary>A care facility of the demo: its robots, passwords and ports, chosen once and kept in its folder.</summary>
/// <param name="Ports">Where everything listens.</param>
/// <param name="Robots">Simulated robots, each watching over a resident.</param>
/// <param name="Waiting">Simulated robots nobody is assigned to: their readings wait.</param>
/// <param name="Spare">A robot with a resident that no simulator plays, for publishing by hand.</param>
/// <param name="Station">A nurse station.</param>
public sealed record Facility(
    Ports Ports, IReadOnlyList<Robot> Robots, IReadOnlyList<Robot> Waiting, Robot Spare, Station Station)
{
    public const string Gateway = "gw-01";
    public const string Database = "iothealth";

    // Robots stand in 101-A, 102-A, …: this place is never one of theirs.
    private const string SparePlace = "100-A";

    /// <summary>Every robot of the registry.</summary>
    public IEnumerable<Robot> Devices => [.. Robots, .. Waiting, Spare];

    /// <summary>Medical devices at the beds; empty in a facility of robots only.</summary>
    public IReadOnlyList<BedsideDevice> Bedside { get; init; } = [];

    /// <summary>
    /// The facility of this folder, or a new one that is written there (mode 0600: it holds passwords). Keys are those of the
    /// robots with residents; null = robot-01, robot-02 …
    /// </summary>
    public static Facility LoadOrCreate(FacilityFolder folder, int robots, int waiting, IReadOnlyList<string>? keys, bool bedside)
    {
        if (Load(folder.FacilityFile) is { } laid)
        {
            return laid;
        }

        var facility = New(keys ?? [.. Enumerable.Range(1, robots).Select(Key)], waiting);
        facility = bedside ? facility with { Bedside = BedsideDevice.OneOfEach(facility.Robots) } : facility;
        SecretFile.Write(folder.FacilityFile, JsonSerializer.Serialize(facility));
        return facility;
    }

    /// <summary>The facility that a file describes, or null when there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file describes none.</exception>
    public static Facility? Load(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Facility>(File.ReadAllText(file)) : null;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file}: {error.Message}", error);
        }
    }

    private static Facility New(IReadOnlyList<string> keys, int waiting) => new(
        Ports.Choose(),
        [.. keys.Select((key, index) => NewRobot(key, index + 1) with { Resident = Text($"r-{index + 1:000}") })],
        [.. Enumerable.Range(keys.Count + 1, waiting).Select(number => NewRobot(Key(number), number))],
        NewRobot("robot-spare", 900) with { Resident = "r-900", Place = SparePlace },
        new Station("station-1", PasswordHash.NewPassword()));

    private static string Key(int number) => Text($"robot-{number:00}");

    private static Robot NewRobot(string key, int number) =>
        new(key, Text($"R-{number:0000}"), Text($"{100 + number}-A"), PasswordHash.NewPassword(), null);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
