using System.Globalization;
using Hl7.Fhir.Model;

namespace IoTHealth.Records;

/// <summary>Residents as JP Core Patients.</summary>
public static class PatientRecord
{
    public static Patient Of(Resident resident) => new()
    {
        Meta = new Meta { Profile = [Systems.JpPatient] },
        Identifier = [new Identifier(resident.Identifier.System, resident.Identifier.Value)],
        Name = [.. Names(resident.Name)],
        Gender = Gender(resident.Gender),
        BirthDate = resident.BirthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<HumanName> Names(PatientName name)
    {
        yield return Name(name.Family, name.Given, "IDE");
        if (name.FamilyKana.Length > 0 || name.GivenKana.Length > 0)
        {
            yield return Name(name.FamilyKana, name.GivenKana, "SYL");
        }
    }

    private static HumanName Name(string family, string given, string representation)
    {
        var name = new HumanName
        {
            Use = HumanName.NameUse.Official,
            Text = $"{family} {given}".Trim(),
            Family = family.Length > 0 ? family : null,
            Given = given.Length > 0 ? [given] : [],
        };
        name.AddExtension(Systems.NameRepresentation, new Code(representation));
        return name;
    }

    private static AdministrativeGender Gender(string gender) => gender switch
    {
        "male" => AdministrativeGender.Male,
        "female" => AdministrativeGender.Female,
        "other" => AdministrativeGender.Other,
        _ => AdministrativeGender.Unknown,
    };
}
