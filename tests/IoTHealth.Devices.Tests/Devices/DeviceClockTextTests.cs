using System.Globalization;
using System.Text.Json;
using IoTHealth.Devices.Profiles;

namespace IoTHealth.Devices.Tests.Devices;

public sealed class DeviceClockTextTests
{
    /// <summary>What the device wrote, the wall clock it showed and its offset ('' where it gave none).</summary>
    [Theory]
    [InlineData("2026-11-24T03:12:00.123+09:00", "2026-11-24 03:12:00.1230000", "09:00:00")]
    [InlineData("2026-11-24T03:12:00Z", "2026-11-24 03:12:00.0000000", "00:00:00")]
    [InlineData("2026-11-24T03:12:00z", "2026-11-24 03:12:00.0000000", "00:00:00")]
    [InlineData("2026-11-24t03:12:00.5-03:30", "2026-11-24 03:12:00.5000000", "-03:30:00")]
    [InlineData("2026-11-24T03:12:00", "2026-11-24 03:12:00.0000000", "")]
    [InlineData("2026-11-24T03:12", "2026-11-24 03:12:00.0000000", "")]
    [InlineData("2026-11-24T03:12+0900", "2026-11-24 03:12:00.0000000", "09:00:00")]
    [InlineData("2026-11-24T03:12:00+09", "2026-11-24 03:12:00.0000000", "09:00:00")]
    [InlineData("2026-11-24T03:12:00,25Z", "2026-11-24 03:12:00.2500000", "00:00:00")]
    [InlineData("2026-11-24T03:12:00.123456789Z", "2026-11-24 03:12:00.1234567", "00:00:00")]
    [InlineData("2024-02-29T00:00:00+14:00", "2024-02-29 00:00:00.0000000", "14:00:00")]
    public void Times_are_read_as_the_device_showed_them(string text, string wall, string offset)
    {
        Assert.True(TryIso(text, out var time));
        Assert.Equal(wall, time!.Wall.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
        Assert.Equal(offset.Length == 0 ? null : TimeSpan.Parse(offset, CultureInfo.InvariantCulture), time.Offset);
        Assert.Equal(DateTimeKind.Unspecified, time.Wall.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-24")]
    [InlineData("2026-11-24 03:12:00")]
    [InlineData("11/24/2026T03:12:00")]
    [InlineData("03/04/2026T03:12:00")]
    [InlineData("2026-11-24T03:12:00 GMT")]
    [InlineData("2026-11-24T03:12:00 +09:00")]
    [InlineData(" 2026-11-24T03:12:00Z")]
    [InlineData("2026-11-24T03:12:00Z\n")]
    [InlineData("2026-11-24T03:12:00.Z")]
    [InlineData("2026-11-24T03:12:60Z")]
    [InlineData("2026-11-24T24:00:00Z")]
    [InlineData("2026-11-24T03:60:00Z")]
    [InlineData("2026-02-29T03:12:00Z")]
    [InlineData("2026-13-01T03:12:00Z")]
    [InlineData("2026-11-24T03:12:00+15:00")]
    [InlineData("2026-11-24T03:12:00+14:01")]
    [InlineData("2026-11-24T03:12:00+09:60")]
    [InlineData("2026-11-24T03:12:00+9:00")]
    [InlineData("9999-12-31T23:59:99Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("1899-12-31T00:00:00Z")]
    [InlineData("２０２６-11-24T03:12:00Z")]
    public void Other_texts_are_no_times(string text) => Assert.False(TryIso(text, out _), text);

    [Theory]
    [InlineData("0", true)]
    [InlineData("1764000000", true)]
    [InlineData("1764000000.123", true)]
    [InlineData("-1", true)]
    [InlineData("\"1764000000\"", false)]
    [InlineData("253402300800", false)]
    [InlineData("1e28", false)]
    [InlineData("1e400", false)]
    [InlineData("-99999999999", false)]
    [InlineData("null", false)]
    [InlineData("true", false)]
    public void Seconds_are_numbers_of_this_age(string json, bool isRead) =>
        Assert.Equal(isRead, DeviceClockText.TryRead(JsonDocument.Parse(json).RootElement, ClockForm.UnixSeconds, out _));

    private static bool TryIso(string text, out IoTHealth.Measurements.DeviceTime? time) =>
        DeviceClockText.TryRead(JsonSerializer.SerializeToElement(text), ClockForm.Iso8601, out time!);
}
