using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>What was learned of clocks.</content>
public static partial class WireForm
{
    public static byte[] Encode(ClockEntry clock)
    {
        var message = new ClockMessage
        {
            Boot = Bytes(clock.Boot),
            MonotonicNanoseconds = clock.MonotonicNanoseconds,
            WallTicks = clock.Wall.UtcTicks,
            Synchronised = clock.IsSynchronised,
        };
        if (clock is ClockEntry.Device device)
        {
            message.Device = device.Id.Value;
            message.HasShown = device.Shown is not null;
            message.ShownTicks = device.Shown?.Wall.Ticks ?? 0;
            message.HasShownOffset = device.Shown?.Offset is not null;
            message.ShownOffsetMinutes = (int)(device.Shown?.Offset?.TotalMinutes ?? 0);
            message.AssumedOffsetMinutes = (int)device.AssumedOffset.TotalMinutes;
            message.Set = device.IsSet;
            message.Inferred = device.IsInferred;
        }
        else if (clock is ClockEntry.Gateway gateway)
        {
            message.Cause = gateway.Cause;
        }

        return Google.Protobuf.MessageExtensions.ToByteArray(message);
    }

    public static bool TryDecodeClock(ReadOnlyMemory<byte> bytes, out ClockEntry clock, out string reason)
    {
        clock = null!;
        if (!TryParse(ClockMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Boot.Length != 16 || message.MonotonicNanoseconds < 0 || !TryInstant(message.WallTicks, out var wall))
        {
            reason = "the clock entry names no boot or no moment";
            return false;
        }

        try
        {
            var boot = Guid(message.Boot);
            clock = message.Device.Length == 0
                ? new ClockEntry.Gateway(boot, message.MonotonicNanoseconds, wall, message.Synchronised, message.Cause)
                : new ClockEntry.Device(
                    boot, message.MonotonicNanoseconds, wall, message.Synchronised, new DeviceId(message.Device),
                    message.HasShown
                        ? new DeviceTime(
                            new DateTime(message.ShownTicks, DateTimeKind.Unspecified), message.HasShownOffset ? Offset(message.ShownOffsetMinutes) : null)
                        : null,
                    Offset(message.AssumedOffsetMinutes), message.Set, message.Inferred);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            reason = e.Message;
            return false;
        }
    }
}
