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

    public required IReadOnlyList<ResidentEntry> Residents { get; init; }

    public IReadOnlyList<AssignmentEntry> Assignments { get; init; } = [];

    /// <exception cref="DocumentException">The file cannot be used.</exception>
    public static ResidentsFile Load(string path) => Document.Load<ResidentsFile>(path, Schema);
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

public sealed record DeviceEntry
{
    public required string Maker { get; init; }

    public required string Model { get; init; }

    public required string Serial { get; init; }

    public DeviceId Id => DeviceId.FromSerial(Maker, Model, Serial);
}

/// <summary>A device in the hands of a resident, from an instant and perhaps until another.</summary>
public sealed record AssignmentEntry
{
    public required DeviceEntry Device { get; init; }

    public required string Resident { get; init; }

    public required DateTimeOffset From { get; init; }

    public DateTimeOffset? To { get; init; }

    public required string Author { get; init; }

    public Assignment ToAssignment(DateTimeOffset recorded) =>
        new(Device.Id, Resident, From.ToUniversalTime(), To?.ToUniversalTime(), Author, recorded);
}
