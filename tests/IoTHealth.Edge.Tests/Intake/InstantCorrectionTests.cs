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
        var time = Correct(device, zone);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), time.Instant);
        Assert.Equal(basis, time.Basis);
        Assert.Equal(device, time.Device);
    }

    // The hour that happens twice, and the one that never happens.
    [Theory]
    [InlineData("2026-10-25T02:30:00", "Europe/Berlin", true)]
    [InlineData("2026-03-29T02:30:00", "Europe/Berlin", true)]
    [InlineData("2026-11-01T01:30:00", "America/New_York", true)]
    [InlineData("2026-03-08T02:30:00", "America/New_York", true)]
    [InlineData("2026-10-25T02:30:00", "Asia/Tokyo", false)]
    public void The_hour_of_a_change_is_uncertain_by_an_hour(string wall, string zone, bool isDoubtful)
    {
        var time = Correct(new DeviceTime(DateTime.Parse(wall, System.Globalization.CultureInfo.InvariantCulture), null), zone);
        Assert.Equal(isDoubtful ? TimeSpan.FromHours(1) : TimeSpan.Zero, time.ZoneDoubt);
        Assert.True(time.Uncertainty >= time.ZoneDoubt);
    }

    private static MeasurementTime Correct(DeviceTime? shown, string zone) => InstantCorrection.Correct(
        shown, Sample.Device with { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) },
        new GatewayMoment(Guid.NewGuid(), 1, Received, IsSynchronised: true), isRemembered: false, ClockBook.Empty).Time;
}
