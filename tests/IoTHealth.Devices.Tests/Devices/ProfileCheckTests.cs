using IoTHealth.Devices.Profiles;

namespace IoTHealth.Devices.Tests.Devices;

public sealed class ProfileCheckTests
{
    private static readonly SignMapping HeartRate = new() { Sign = "heart-rate", From = "hr", Unit = "/min" };
    private static readonly SignMapping Fall = new() { Sign = "fall", From = "event", Codes = SampleProfiles.Words(("fall", "detected")) };

    public static TheoryData<string, MeasurementMapping> Mistakes => new()
    {
        { "kind 'pulse' is not in the catalogue", new("pulse", [HeartRate]) },
        { "needs sign 'fall'", new("fall", [HeartRate]) },
        { "sign 'heart-rate' does not belong to 'fall'", new("fall", [Fall, HeartRate]) },
        { "'blood-pressure' needs sign 'diastolic'", new("blood-pressure", [new() { Sign = "systolic", From = "s", Unit = "mmHg" }]) },
        { "'heart-rate' reads sign 'heart-rate' twice", new("heart-rate", [HeartRate, HeartRate with { From = "hr2" }]) },
        { "is in /min, and '' does not convert", new("heart-rate", [HeartRate with { Unit = "" }]) },
        { "is in /min, and 'kg' does not convert", new("heart-rate", [HeartRate with { Unit = "kg" }]) },
        { "takes the codes detected", new("fall", [Fall with { Codes = SampleProfiles.Words() }]) },
        { "takes the codes detected", new("fall", [Fall with { Codes = SampleProfiles.Words(("fall", "fallen")) }]) },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_profile_names_only_what_the_catalogue_knows(string reason, MeasurementMapping mapping)
    {
        var e = Assert.Throws<ArgumentException>(() => new MqttProfileDriver(SampleProfiles.Received with { Measurements = [mapping] }));
        Assert.StartsWith("profile received: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_unit_that_converts_will_do() =>
        Assert.NotNull(new MqttProfileDriver(SampleProfiles.Received with { Measurements = [new("heart-rate", [HeartRate with { Unit = "bpm" }])] }));
}
