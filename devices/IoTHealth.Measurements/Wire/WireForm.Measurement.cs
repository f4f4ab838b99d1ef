using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Measurements and their revision.</content>
public static partial class WireForm
{
    public static byte[] Encode(Measurement measurement)
    {
        var message = new MeasurementMessage
        {
            Device = measurement.Device.Value,
            Kind = measurement.Kind,
            Id = ByteString.CopyFrom(measurement.Id.ToBytes()),
            IdBasis = (int)measurement.IdentityBasis,
            Occurrence = measurement.Occurrence,
            Stable = ByteString.CopyFrom(measurement.Stable.AsSpan()),
            Time = Encode(measurement.Time),
            Driver = measurement.Driver,
        };
        AddContent(message, measurement);
        return message.ToByteArray();
    }

    /// <summary>
    /// Digest of what the device said (components and flags), without ids, gateway clocks or driver: the revision.
    /// </summary>
    public static ulong RevisionOf(Measurement measurement)
    {
        var message = new MeasurementMessage();
        AddContent(message, measurement with { Flags = [.. measurement.Flags.Where(flag => !MeasurementFlag.IsOfClock(flag))] });
        return RevisionOf(message.ToByteArray());
    }

    /// <summary>Digest of a payload, for entries whose payload is content only.</summary>
    public static ulong RevisionOf(ReadOnlySpan<byte> payload)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(payload, digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }

    public static bool TryDecodeMeasurement(ReadOnlyMemory<byte> bytes, out Measurement measurement, out string reason)
    {
        measurement = null!;
        if (!TryParse(MeasurementMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Id.Length != MeasurementId.Length || message.Time is null || message.Time.Boot.Length != 16)
        {
            reason = "the measurement has no id or no time";
            return false;
        }

        try
        {
            measurement = new Measurement
            {
                Id = MeasurementId.FromBytes(message.Id.Span),
                IdentityBasis = (IdentityBasis)message.IdBasis,
                Device = new DeviceId(message.Device),
                Kind = message.Kind,
                Stable = [.. message.Stable.Span],
                Occurrence = message.Occurrence,
                Time = Decode(message.Time),
                Components = [.. message.Components.Select(Decode)],
                Flags = [.. message.Flags],
                Driver = message.Driver,
            };
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            reason = e.Message;
            return false;
        }
    }

    private static void AddContent(MeasurementMessage message, Measurement measurement)
    {
        message.Flags.AddRange(measurement.Flags);
        foreach (var component in measurement.Components)
        {
            message.Components.Add(Encode(component));
        }
    }
}
