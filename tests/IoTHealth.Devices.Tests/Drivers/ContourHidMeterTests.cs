using IoTHealth.Devices.Glucose;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>The same meter behind USB HID: 64-byte reports 'ABC', length, at most 60 bytes, zeros.</summary>
public sealed class ContourHidMeterTests : SerialDriverContract
{
    protected override ISerialDriver Driver { get; } = new ContourMeterDriver(isHid: true);

    protected override DeviceContext Device { get; } = new(
        "meter-01", DeviceId.FromSerial("Ascensia", "Contour", "C-0001"), "101-A", TimeZoneInfo.Utc, "contour-meter-hid/1", "C-0001");

    protected override IReadOnlyList<byte[]> Conversation =>
        [.. ContourMeterTests.Upload.Select(part => part.Chunk(60).SelectMany(Report).ToArray())];

    protected override int FirstReading => 3;

    protected override int Readings => 4;

    protected override byte[] Acknowledgement { get; } = Report([0x06]);

    // Reads of a HID device are whole reports.
    protected override byte[] Garbage { get; } = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 7))];

    private static byte[] Report(byte[] payload) => [(byte)'A', (byte)'B', (byte)'C', (byte)payload.Length, .. payload, .. new byte[60 - payload.Length]];
}
