using IoTHealth.Edge.Intake;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Intake;

public sealed class InstantCorrectionTests
{
    private static readonly DateTimeOffset Received = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    // What the device showed, its offset in hours, its zone; the instant that must come of it, and why.
    public static TheoryData<string?, double?, string, string, TimeBasis> Cases => new()
    {
        { null, null, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.Received },
        { "2026-11-24T11:59:58", 9, "Asia/Tokyo", "2026-11-24T02:59:58Z", TimeBasis.DeviceZoned },
        { "2026-11-24T02:59:58", 0, "Asia/Tokyo", "2026-11-24T02:59:58Z", TimeBasis.DeviceZoned },
        { "2026-11-24T11:59:58", null, "Asia/Tokyo", "2026-11-24T02:59:58Z", TimeBasis.DeviceLocal },
        { "2026-11-23T11:59:58", null, "Asia/Tokyo", "2026-11-23T02:59:58Z", TimeBasis.DeviceLocal },
        { "2026-11-24T12:01:59", 9, "Asia/Tokyo", "2026-11-24T03:01:59Z", TimeBasis.DeviceZoned },
        { "2026-11-24T12:02:01", 9, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "2026-11-24T23:59:58", null, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "2000-01-01T00:00:12", null, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "1970-01-01T00:00:00", 0, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "1900-01-01T00:00:00", -14, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "9998-12-31T23:59:59", 14, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "9999-12-31T23:59:59", null, "America/New_York", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "0001-01-01T00:00:00", null, "Asia/Tokyo", "2026-11-24T03:00:00Z", TimeBasis.DeviceDistrusted },
        { "2026-10-25T02:30:00", null, "Europe/Berlin", "2026-10-25T01:30:00Z", TimeBasis.DeviceLocal },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Corrects(string? wall, double? offsetHours, string zone, string expected, TimeBasis basis)
    {
        var device = wall is null
            ? null
            : new DeviceTime(
                DateTime.Parse(wall, System.Globalization.CultureInfo.InvariantCulture),
                offsetHours is { } hours ? TimeSpan.FromHours(hours) : null);
        var time = InstantCorrection.Correct(device, TimeZoneInfo.FindSystemTimeZoneById(zone), new GatewayMoment(Guid.NewGuid(), 1, Received));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), time.Instant);
        Assert.Equal(basis, time.Basis);
        Assert.Equal(device, time.Device);
    }

    [Fact]
    public void The_hour_that_happens_twice_is_uncertain_by_an_hour()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var time = InstantCorrection.Correct(
            new DeviceTime(new DateTime(2026, 10, 25, 2, 30, 0), null), zone, new GatewayMoment(Guid.NewGuid(), 1, Received));
        Assert.True(time.Uncertainty >= TimeSpan.FromHours(1));
    }
}
