// Every element of a FHIR resource may be null; a null here fails the test as it should.
#nullable disable warnings
using System.Text;
using System.Text.Json;
using CsCheck;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Tests.Records;

public sealed class RecordBundleTests
{
    private static readonly JsonSerializerOptions Strict = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector);

    private static readonly Resident Hanako = new(
        "r-001", new PatientIdentifier("urn:example:patients", "10001"), new PatientName("山田", "花子", "ヤマダ", "ハナコ"),
        "female", new DateOnly(1941, 4, 2));

    public static TheoryData<string> Kinds => [.. VitalSignCatalogue.Kinds.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_passes_the_strict_parser(string code)
    {
        var kind = VitalSignCatalogue.Kinds[code];
        var components = kind.Required.Concat(kind.Optional).Select(sign => new Component(sign.Code, Plausible(sign)));

        var observation = Observation(Readings.Of(code, 1, [.. components]));

        Assert.Equal(kind.Category == RecordCategory.BodyMeasurement ? 3 : 2, observation.Category.Count);
        Assert.All(observation.Category, category => Assert.Single(category.Coding));
        Assert.Contains(observation.Code.Coding, coding => coding.System == Systems.Sign && coding.Code == code);
        Assert.Equal("2026-11-23T18:12:01.123Z", Assert.IsType<FhirDateTime>(observation.Effective).Value);
        Assert.Equal(ObservationStatus.Final, observation.Status);
        Assert.True(observation.Value is not null || observation.Component.Count > 0);
    }

    [Fact]
    public void A_blood_pressure_is_one_observation_with_a_reason_for_what_is_absent()
    {
        var observation = Observation(Readings.Of(
            "blood-pressure", 1,
            new Component("systolic", new MeasuredValue.Quantity(121, "mm[Hg]")),
            new Component("diastolic", new MeasuredValue.Absent(AbsentReason.NotANumber)),
            new Component("pulse-rate", new MeasuredValue.Quantity(60, "/min"))));

        Assert.Null(observation.Value);
        Assert.Equal(["8480-6", "8462-4", "8867-4"], observation.Component.Select(part => part.Code.Coding[0].Code));
        Assert.Equal("not-a-number", observation.Component[1].DataAbsentReason.Coding[0].Code);
        Assert.Null(observation.Component[1].Value);
    }

    [Fact]
    public void A_day_without_a_time_of_day_is_told_as_a_day()
    {
        var reading = Readings.HeartRate(1) with { Flags = ["time-of-day-unknown"] };
        Assert.Equal("2026-11-24", Assert.IsType<FhirDateTime>(Observation(reading).Effective).Value);
        var distrusted = reading with { Time = reading.Time with { Basis = TimeBasis.DeviceDistrusted } };
        Assert.Equal("2026-11-23T18:12:01.123Z", Assert.IsType<FhirDateTime>(Observation(distrusted).Effective).Value);
    }

    [Fact]
    public void A_battery_of_an_implant_is_one_observation_of_its_terms()
    {
        var observation = Observation(Readings.Of(
            "implant-battery", 1,
            new Component("battery-status", new MeasuredValue.Coded("urn:iothealth:battery-status", "middle-of-service", "754114")),
            new Component("battery-voltage", new MeasuredValue.Quantity(2.790m, "V")),
            new Component("battery-longevity", new MeasuredValue.Quantity(8, "a"))));

        Assert.Null(observation.Value);
        Assert.Null(observation.DataAbsentReason);
        Assert.Equal("植込みデバイスの電池", observation.Code.Text);
        Assert.Equal([(Systems.Sign, "implant-battery")], observation.Code.Coding.Select(coding => (coding.System, coding.Code)));
        Assert.Equal([Systems.JpCommon], observation.Meta.Profile);
        Assert.Equal(["procedure", "procedure"], observation.Category.Select(category => category.Coding[0].Code));
        Assert.Equal([(Systems.Mdc, "721280"), (Systems.Sign, "battery-status")], observation.Component[0].Code.Coding.Select(coding => (coding.System, coding.Code)));
        Assert.Equal("電池電圧", observation.Component[1].Code.Text);
        var voltage = Assert.IsType<Quantity>(observation.Component[1].Value);
        Assert.Equal(("V", 2.790m), (voltage.Code, voltage.Value));
        var longevity = Assert.IsType<Quantity>(observation.Component[2].Value);
        Assert.Equal(("mo", 96m), (longevity.Code, longevity.Value));
    }

    // What the device sent: a number of the nomenclature is a coding beside ours, anything else is text.
    [Theory]
    [InlineData("754241", "urn:iso:std:iso:11073:10101|754241", null)]
    [InlineData("Check Lead", null, "Check Lead")]
    [InlineData("", null, null)]
    public void What_was_sent_stands_beside_our_code(string original, string? coding, string? text)
    {
        var observation = Observation(Readings.Of(
            "implant-lead-rv", 1, new Component("lead-status-rv", new MeasuredValue.Coded("urn:iothealth:lead-status-rv", "check-lead", original))));

        var concept = Assert.IsType<CodeableConcept>(observation.Component[0].Value);
        string?[] expected = coding is null ? ["urn:iothealth:lead-status-rv|check-lead"] : ["urn:iothealth:lead-status-rv|check-lead", coding];
        Assert.Equal(expected, concept.Coding.Select(one => $"{one.System}|{one.Code}"));
        Assert.Equal(text, concept.Text);
    }

    [Theory]
    [InlineData("36.50")]
    [InlineData("36.5")]
    [InlineData("37")]
    public void The_scale_of_a_decimal_is_kept(string number)
    {
        var value = decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        var json = Json(Readings.Of("body-temperature", 1, new Component("body-temperature", new MeasuredValue.Quantity(value, "Cel"))));

        Assert.Contains($"\"valueQuantity\":{{\"value\":{number},", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_keeps_its_comparator_and_an_absent_value_its_reason()
    {
        var limit = Observation(Readings.Of("glucose", 1, new Component("glucose", new MeasuredValue.Quantity(20, "mg/dL", "<"))));
        var absent = Observation(Readings.Of("heart-rate", 1, new Component("heart-rate", new MeasuredValue.Absent(AbsentReason.NotPerformed))));

        Assert.Equal(Quantity.QuantityComparator.LessThan, Assert.IsType<Quantity>(limit.Value).Comparator);
        Assert.Equal("not-performed", absent.DataAbsentReason.Coding[0].Code);
    }

    [Fact]
    public void Another_unit_is_converted_and_what_the_device_said_is_noted()
    {
        var observation = Observation(Readings.Of(
            "blood-pressure", 1,
            new Component("systolic", new MeasuredValue.Quantity(16.0m, "kPa")),
            new Component("diastolic", new MeasuredValue.Quantity(80, "mm[Hg]"))));

        var systolic = Assert.IsType<Quantity>(observation.Component[0].Value);
        Assert.Equal(("mm[Hg]", 120.0m), (systolic.Code, systolic.Value));
        Assert.Equal("systolic as measured: 16.0 kPa", observation.Note[0].Text);
    }

    [Fact]
    public void Unknown_kinds_signs_and_units_are_named()
    {
        Component known = new("heart-rate", new MeasuredValue.Quantity(1, "furlong"));
        Assert.Contains("'mood'", Assert.Throws<UnmappableException>(() => Json(Readings.Of("mood", 1, known))).Message, StringComparison.Ordinal);
        Assert.Contains("furlong", Assert.Throws<UnmappableException>(() => Json(Readings.Of("heart-rate", 1, known))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_names_each_patient_device_and_gateway_once()
    {
        var bundle = RecordBundle.Of(Enumerable.Range(1, 10).Select(n => Attributed(Readings.HeartRate(n))));
        var counts = bundle.Entry.CountBy(entry => entry.Resource.TypeName).ToDictionary();

        Assert.Equal((1, 2, 10, 10), (counts["Patient"], counts["Device"], counts["Observation"], counts["Provenance"]));
        Assert.Equal(bundle.Entry.Count, bundle.Entry.Select(entry => entry.FullUrl).Distinct().Count());
    }

    [Fact]
    public void Creates_are_conditional_and_identifiers_are_those_of_the_seam()
    {
        var measurement = Readings.HeartRate(1);
        var bundle = RecordBundle.Of([Attributed(measurement)]);
        var observation = bundle.Entry.Single(entry => entry.Resource is Observation);
        var device = (Device)bundle.Entry.First(entry => entry.Resource is Device).Resource;
        var provenance = (Provenance)bundle.Entry.Single(entry => entry.Resource is Provenance).Resource;

        Assert.Equal($"identifier=urn%3Aiothealth%3Aobservation|{measurement.Id}.r-001.1", observation.Request.IfNoneExist);
        Assert.Equal((Systems.Device, Readings.Robot.Key), (device.Identifier[0].System, device.Identifier[0].Value));
        Assert.Equal(("IoTHealth", "WatchOver-1", "R-0001"), (device.Manufacturer, device.ModelNumber, device.SerialNumber));
        Assert.Equal(observation.FullUrl, provenance.Target[0].Reference);
        Assert.Equal("gw-01/6f6e9f0a-0000-4000-8000-000000000001/7", provenance.Entity[0].What.Identifier.Value);
        Assert.All(bundle.Entry.Where(entry => entry.Resource is not Provenance), entry => Assert.NotNull(entry.Request.IfNoneExist));
    }

    [Fact]
    public void A_patient_has_kanji_and_kana_names()
    {
        var patient = (Patient)Parse(RecordBundle.Of([Attributed(Readings.HeartRate(1))])).Entry[0].Resource;

        Assert.Equal(["IDE", "SYL"], patient.Name.Select(name => name.GetExtensionValue<Code>(Systems.NameRepresentation).Value));
        Assert.Equal(["山田", "ヤマダ"], patient.Name.Select(name => name.Family));
        Assert.Equal("1941-04-02", patient.BirthDate);
    }

    [Theory]
    [InlineData("sysid:0123456789ABCDEF", "", "", "0123456789ABCDEF")]
    [InlineData("serial:a%2fb/m%252/s 1", "a/b", "m%2", "s 1")]
    [InlineData("odd", "", "", "odd")]
    public void A_device_id_tells_its_parts(string id, string maker, string model, string serial) =>
        Assert.Equal(new DeviceDescription(maker, model, serial), DeviceDescription.Of(new DeviceId(id)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_taken_back_says_no_value_and_passes_the_strict_parser(string code)
    {
        var kind = VitalSignCatalogue.Kinds[code];
        var measurement = Readings.Of(code, 1, [.. kind.Required.Concat(kind.Optional).Select(sign => new Component(sign.Code, Plausible(sign)))]);

        var observation = Parse(RecordBundle.TakingBack([Attributed(measurement with { Flags = ["body-movement"] })])).Entry
            .Select(entry => entry.Resource).OfType<Observation>().Single();

        Assert.Equal(ObservationStatus.EnteredInError, observation.Status);
        Assert.Null(observation.Value);
        Assert.Empty(observation.Note);
        Assert.All(observation.Component, part => Assert.Equal((null, "unknown"), (part.Value, part.DataAbsentReason.Coding[0].Code)));
        Assert.True(observation.Component.Count > 0 || observation.DataAbsentReason is not null);
    }

    [Fact]
    public void Conditions_escape_what_means_something_in_a_search()
    {
        var odd = Hanako with { Identifier = new PatientIdentifier("urn:x,y", @"1|2$3\4,5&6") };
        var bundle = RecordBundle.Of([Attributed(Readings.HeartRate(1)) with { Resident = odd }]);

        Assert.Equal(
            @"identifier=urn:x\,y|1\|2\$3\\4\,5&6",
            Uri.UnescapeDataString(bundle.Entry.Single(entry => entry.Resource is Patient).Request.IfNoneExist));
        Assert.Contains("|1%5C%7C2%5C%243", bundle.Entry.Single(entry => entry.Resource is Patient).Request.IfNoneExist, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_readings_make_the_same_bytes() => Gen.Int[1, 100_000].Array[1, 20].Sample(sequences =>
    {
        byte[] Make() => RecordBundle.Serialize(RecordBundle.Of(sequences.Distinct().Select(n => Attributed(Readings.HeartRate(n)))));
        return Make().AsSpan().SequenceEqual(Make());
    }, iter: 50);

    private static MeasuredValue Plausible(VitalSign sign) => sign.IsCoded
        ? new MeasuredValue.Coded(sign.CodeSystem, sign.Codes[0])
        : new MeasuredValue.Quantity((sign.Minimum + sign.Maximum) / 2, sign.Unit);

    private static AttributedMeasurement Attributed(Measurement measurement) =>
        new(measurement, Hanako, 1, new Origin(Readings.Journal, 7, Readings.Instant.ToUniversalTime()));

    private static string Json(Measurement measurement) => Encoding.UTF8.GetString(RecordBundle.Serialize(RecordBundle.Of([Attributed(measurement)])));

    private static Bundle Parse(Bundle bundle) => JsonSerializer.Deserialize<Bundle>(RecordBundle.Serialize(bundle), Strict)!;

    private static Observation Observation(Measurement measurement) =>
        Parse(RecordBundle.Of([Attributed(measurement)])).Entry.Select(entry => entry.Resource).OfType<Observation>().Single();
}
