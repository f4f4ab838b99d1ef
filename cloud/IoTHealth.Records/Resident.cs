namespace IoTHealth.Records;

/// <summary>A business identifier of a person: the system that issued it and its value there.</summary>
public sealed record PatientIdentifier(string System, string Value);

/// <summary>A Japanese name, as written and as spoken. Kana may be empty where nobody gave it.</summary>
public sealed record PatientName(string Family, string Given, string FamilyKana, string GivenKana);

/// <summary>The person a measurement is told of. Only the records side knows more than the key.</summary>
/// <param name="Key">Opaque key; the only part that may enter ids, logs or the measurement log.</param>
/// <param name="Identifier">What the record system knows the person by.</param>
/// <param name="Name">Name in kanji and kana.</param>
/// <param name="Gender">FHIR administrative gender: <c>male</c>, <c>female</c>, <c>other</c> or <c>unknown</c>.</param>
/// <param name="BirthDate">Date of birth, or null where it is not known.</param>
public sealed record Resident(string Key, PatientIdentifier Identifier, PatientName Name, string Gender, DateOnly? BirthDate);
