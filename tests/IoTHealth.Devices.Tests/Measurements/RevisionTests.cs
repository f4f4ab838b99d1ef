using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class RevisionTests
{
    private static readonly Measurement Base = Samples.Quantity("heart-rate", 58m, "/min");

    public static TheoryData<string, Measurement, bool> Changes => new()
    {
        { "id", Base with { Id = MeasurementId.Of("other") }, true },
        { "device", Base with { Device = new DeviceId("other") }, true },
        { "driver", Base with { Driver = "watch-over-robot/2" }, true },
        { "occurrence", Base with { Occurrence = 1 }, true },
        { "stable", Base with { Stable = [1] }, true },
        { "basis", Base with { IdentityBasis = IdentityBasis.Received }, true },
        { "received", Base with { Time = Base.Time with { Received = DateTimeOffset.MinValue } }, true },
        { "instant", Base with { Time = Base.Time with { Instant = DateTimeOffset.MaxValue, Basis = TimeBasis.Received } }, true },
        { "boot", Base with { Time = Base.Time with { Boot = Guid.Empty, MonotonicNanoseconds = 0 } }, true },
        { "clock flag", Base with { Flags = ["body-movement"] }, true },
        { "other clock flag", Base with { Flags = ["clock-unset", "body-movement", "clock-x"] }, true },
        { "flag", Base with { Flags = ["clock-distrusted"] }, false },
        { "value", Samples.Quantity("heart-rate", 59m, "/min"), false },
        { "scale", Samples.Quantity("heart-rate", 58.0m, "/min"), false },
        { "unit", Samples.Quantity("heart-rate", 58m, "1/min"), false },
        { "comparator", Samples.Quantity("heart-rate", 58m, "/min", ">"), false },
        { "absent", Samples.Absent("heart-rate"), false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Only_what_the_device_said_decides(string what, Measurement changed, bool same) =>
        Assert.True(same == (WireForm.RevisionOf(Base) == WireForm.RevisionOf(changed)), what);

    [Fact]
    public void The_revision_is_frozen() => Assert.Equal(0x8A82149E80328180UL, WireForm.RevisionOf(Base));
}
