using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>A cuff that two residents share: by its user slot a reading reaches the right person's record, or it waits.</summary>
public sealed class SharedDeviceTests
{
    private static readonly DeviceId Cuff = DeviceId.FromSerial("A&D", "UA-651BLE", "5181200001");

    [Fact]
    public async Task A_slot_names_its_person_in_the_record_and_a_reading_without_one_waits()
    {
        await using var bench = await RecordBench.StartAsync();
        var (first, second, untold) = (Reading(1, UserSlot.Flag(1)), Reading(2, UserSlot.Flag(2)), Reading(3, UserSlot.Unknown));
        await bench.AppendAsync(
            Readings.Entry(1, Slot(1, "r-001")), Readings.Entry(2, Slot(2, "r-002")), Readings.Entry(3, first), Readings.Entry(4, second),
            Readings.Entry(5, untold), Readings.Entry(6, Reading(4)), Readings.Entry(7, Reading(5, UserSlot.Flag(3))));

        await bench.DrainAsync();

        Assert.Equal([$"{first.Id} of 10001", $"{second.Id} of 10002"], Told(bench).Order(StringComparer.Ordinal).OrderBy(line => line[^1]));
        Assert.Equal(3, (await bench.CountAsync()).Awaiting);
        Assert.Equal(
            [$"{UserSlot.Unknown}: overlapping", $"{UserSlot.Unknown}: overlapping", "user-3: unassigned"],
            (await bench.ReasonsAsync()).OrderDescending(StringComparer.Ordinal).OrderBy(reason => reason.StartsWith("user-3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_slot_that_was_another_residents_is_corrected_and_the_other_slot_is_left_alone()
    {
        await using var bench = await RecordBench.StartAsync();
        var (first, second) = (Reading(1, UserSlot.Flag(1)), Reading(2, UserSlot.Flag(2)));
        await bench.AppendAsync(
            Readings.Entry(1, Slot(1, "r-002")), Readings.Entry(2, Slot(2, "r-002")), Readings.Entry(3, first), Readings.Entry(4, second));
        await bench.DrainAsync();

        var wrong = Slot(1, "r-002");
        await bench.AppendAsync(Readings.Entry(5, wrong with { To = wrong.From }), Readings.Entry(6, Slot(1, "r-001")));
        await bench.DrainAsync();

        Assert.Equal([$"{first.Id}.r-002.1", $"{second.Id}.r-002.1", $"{first.Id}.r-001.2"], bench.Fhir.Observations);
        Assert.Equal([$"{first.Id}.r-002.1"], bench.Fhir.TakenBack);
    }

    private static Assignment Slot(int slot, string resident) => Readings.Assignment(resident) with { Device = Cuff, Slot = slot };

    private static Measurement Reading(int sequence, params string[] flags) => Readings.Of(
        Cuff, "blood-pressure", sequence, Pressure("systolic", 128), Pressure("diastolic", 78)) with { Flags = [.. flags] };

    private static Component Pressure(string code, decimal value) => new(code, new MeasuredValue.Quantity(value, "mm[Hg]"));

    // Observation and the identifier of the Patient that its subject refers to within the bundle.
    private static IEnumerable<string> Told(RecordBench bench) =>
        from bundle in bench.Fhir.Transactions
        let patients = bundle["entry"]!.AsArray().Where(entry => (string?)entry!["resource"]!["resourceType"] == "Patient")
            .ToDictionary(entry => (string)entry!["fullUrl"]!, entry => (string)entry!["resource"]!["identifier"]![0]!["value"]!)
        from observation in FhirEndpoint.Resources(bundle, "Observation")
        select $"{((string)observation["identifier"]![0]!["value"]!).Split('.')[0]} of {patients[(string)observation["subject"]!["reference"]!]}";
}
