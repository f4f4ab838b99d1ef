using System.Text;
using System.Text.Json.Serialization;
using IoTHealth.Documents;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Patients;

/// <summary>Whether a resident lets a feed tell of them.</summary>
public enum ConsentDecision
{
    [JsonStringEnumMemberName("permit")]
    Permit,

    [JsonStringEnumMemberName("deny")]
    Deny,
}

/// <summary>The residents file as staff write it (<c>residents.schema.json</c>).</summary>
public sealed record ResidentsFile
{
    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(ResidentsFile).Assembly, "residents.schema.json");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public required IReadOnlyList<ResidentEntry> Residents { get; init; }

    public IReadOnlyList<AssignmentEntry> Assignments { get; init; } = [];

    /// <exception cref="DocumentException">The file cannot be used.</exception>
    public static ResidentsFile Load(string path) => ResidentsCheck.Passed(Document.LoadLocated<ResidentsFile>(path, Schema));

    /// <summary>Reads the bytes of a file; <paramref name="name"/> stands for it in messages.</summary>
    /// <exception cref="DocumentException">The file cannot be used.</exception>
    public static ResidentsFile Parse(ReadOnlySpan<byte> bytes, string name) =>
        ResidentsCheck.Passed(Document.ParseLocated<ResidentsFile>(Text(bytes, name), name, Schema));

    private static string Text(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new DocumentException($"{name}:1:1: the file is not UTF-8");
        }
    }
}

/// <summary>One person of the residents file.</summary>
public sealed record ResidentEntry
{
    public required string Key { get; init; }

    public required PatientIdentifier Identifier { get; init; }

    public required NameEntry Name { get; init; }

    public string Gender { get; init; } = "unknown";

    public DateOnly? BirthDate { get; init; }

    public required ConsentEntry Consent { get; init; }

    public Resident ToResident() => new(
        Key, Identifier, new PatientName(Name.Family, Name.Given, Name.FamilyKana, Name.GivenKana), Gender, BirthDate);
}

public sealed record NameEntry
{
    public required string Family { get; init; }

    public required string Given { get; init; }

    public string FamilyKana { get; init; } = "";

    public string GivenKana { get; init; } = "";
}

/// <summary>Consent by feed. There is no default: staff say what the resident decided.</summary>
public sealed record ConsentEntry
{
    [JsonConverter(typeof(JsonStringEnumConverter<ConsentDecision>))]
    public required ConsentDecision Records { get; init; }
}

/// <summary>A device by its system id, or by what its label says.</summary>
public sealed record DeviceEntry
{
    public string? SystemId { get; init; }

    public string Maker { get; init; } = "";

    public string Model { get; init; } = "";

    public string Serial { get; init; } = "";

    public DeviceId Id => SystemId is null ? DeviceId.FromSerial(Maker, Model, Serial) : DeviceId.FromSystemId(SystemId);
}

/// <summary>A device in the hands of a resident, from an instant and perhaps until another.</summary>
public sealed record AssignmentEntry
{
    public required DeviceEntry Device { get; init; }

    public required string Resident { get; init; }

    public required DateTimeOffset From { get; init; }

    public DateTimeOffset? To { get; init; }

    public required string Author { get; init; }

    /// <summary>User slot of a device that several share; null for the whole device.</summary>
    public int? Slot { get; init; }

    public Assignment ToAssignment(DateTimeOffset recorded) =>
        new(Device.Id, Resident, From.ToUniversalTime(), To?.ToUniversalTime(), Author, recorded, Slot);
}
