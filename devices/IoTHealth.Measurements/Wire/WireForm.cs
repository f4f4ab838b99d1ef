using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <summary>
/// The protobuf wire form of entries and batches (<c>Wire/entry.proto</c>). Encoding is deterministic; decoding is total:
/// it answers false with a reason and never throws, whatever the bytes.
/// </summary>
public static class WireForm
{
    /// <summary>MIME type of a batch, for the telemetry message's content type.</summary>
    public const string BatchContentType = "application/vnd.iothealth.batch+protobuf";

    public static byte[] Encode(EntryBatch batch)
    {
        var message = new BatchMessage
        {
            Gateway = batch.Journal.Gateway,
            Journal = Bytes(batch.Journal.Guid),
            Head = batch.Head,
        };
        foreach (var entry in batch.Entries)
        {
            message.Entries.Add(new EntryMessage
            {
                Position = entry.Position,
                Kind = (int)entry.Kind,
                Id = ByteString.CopyFrom(entry.Id.ToBytes()),
                Revision = entry.Revision,
                Priority = (int)entry.Priority,
                Payload = UnsafeByteOperations.UnsafeWrap(entry.Payload),
            });
        }

        return message.ToByteArray();
    }

    /// <summary>Decodes a batch; an empty one, repeated or descending positions are refused.</summary>
    public static bool TryDecodeBatch(ReadOnlyMemory<byte> bytes, out EntryBatch batch, out string reason)
    {
        batch = null!;
        if (!TryParse(BatchMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Gateway.Length == 0 || message.Journal.Length != 16)
        {
            reason = "the batch names no gateway or no journal";
            return false;
        }

        var entries = new List<Entry>(message.Entries.Count);
        long last = 0;
        foreach (var entry in message.Entries)
        {
            if (entry.Position <= last)
            {
                reason = $"position {entry.Position} follows {last}";
                return false;
            }

            if (entry.Id.Length != MeasurementId.Length)
            {
                reason = $"the id at position {entry.Position} has {entry.Id.Length} bytes";
                return false;
            }

            last = entry.Position;
            entries.Add(new Entry(
                entry.Position,
                (EntryKind)entry.Kind,
                MeasurementId.FromBytes(entry.Id.Span),
                entry.Revision,
                (EntryPriority)entry.Priority,
                entry.Payload.Memory));
        }

        if (entries.Count == 0)
        {
            reason = "the batch is empty";
            return false;
        }

        batch = new EntryBatch(new JournalId(message.Gateway, Guid(message.Journal)), message.Head, entries);
        return true;
    }

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
        AddContent(message, measurement with { Flags = [.. measurement.Flags.Where(flag => !flag.StartsWith("clock-", StringComparison.Ordinal))] });
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

    public static byte[] Encode(Alarm alarm) => new AlarmMessage
    {
        Id = ByteString.CopyFrom(alarm.Id.ToBytes()),
        Rule = alarm.Rule,
        Device = alarm.Device.Value,
        Trigger = ByteString.CopyFrom(alarm.Trigger.ToBytes()),
        InstantTicks = alarm.Instant.UtcTicks,
        RaisedTicks = alarm.Raised.UtcTicks,
        Severity = alarm.Severity,
        Place = alarm.Place,
        TextJa = alarm.TextJa,
        TextEn = alarm.TextEn,
        History = alarm.History,
    }.ToByteArray();

    public static bool TryDecodeAlarm(ReadOnlyMemory<byte> bytes, out Alarm alarm, out string reason)
    {
        alarm = null!;
        if (!TryParse(AlarmMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Id.Length != MeasurementId.Length || message.Trigger.Length != MeasurementId.Length ||
            !TryInstant(message.InstantTicks, out var instant) || !TryInstant(message.RaisedTicks, out var raised))
        {
            reason = "the alarm has no id, no trigger or no time";
            return false;
        }

        alarm = new Alarm(
            MeasurementId.FromBytes(message.Id.Span), message.Rule, new DeviceId(message.Device),
            MeasurementId.FromBytes(message.Trigger.Span), instant, raised, message.Severity, message.Place,
            message.TextJa, message.TextEn, message.History);
        return true;
    }

    public static byte[] Encode(Acknowledgement acknowledgement) => new AcknowledgementMessage
    {
        Alarm = ByteString.CopyFrom(acknowledgement.Alarm.ToBytes()),
        By = acknowledgement.By,
        AtTicks = acknowledgement.At.UtcTicks,
    }.ToByteArray();

    public static bool TryDecodeAcknowledgement(ReadOnlyMemory<byte> bytes, out Acknowledgement acknowledgement, out string reason)
    {
        acknowledgement = null!;
        if (!TryParse(AcknowledgementMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Alarm.Length != MeasurementId.Length || !TryInstant(message.AtTicks, out var at))
        {
            reason = "the acknowledgement names no alarm or no time";
            return false;
        }

        acknowledgement = new Acknowledgement(MeasurementId.FromBytes(message.Alarm.Span), message.By, at);
        return true;
    }

    public static byte[] Encode(Assignment assignment) => new AssignmentMessage
    {
        Device = assignment.Device.Value,
        Resident = assignment.Resident,
        FromTicks = assignment.From.UtcTicks,
        ToTicks = assignment.To?.UtcTicks ?? 0,
        HasTo = assignment.To is not null,
        Author = assignment.Author,
        RecordedTicks = assignment.Recorded.UtcTicks,
    }.ToByteArray();

    public static bool TryDecodeAssignment(ReadOnlyMemory<byte> bytes, out Assignment assignment, out string reason)
    {
        assignment = null!;
        if (!TryParse(AssignmentMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        var to = default(DateTimeOffset);
        if (!TryInstant(message.FromTicks, out var from) || !TryInstant(message.RecordedTicks, out var recorded) ||
            (message.HasTo && !TryInstant(message.ToTicks, out to)))
        {
            reason = "the assignment's times are out of range";
            return false;
        }

        assignment = new Assignment(
            new DeviceId(message.Device), message.Resident, from, message.HasTo ? to : null, message.Author, recorded);
        return true;
    }

    public static byte[] Encode(Gap gap) => new GapMessage
    {
        Reader = gap.Reader,
        FromPosition = gap.FromPosition,
        ToPosition = gap.ToPosition,
        Count = gap.Count,
        Reason = gap.Reason,
    }.ToByteArray();

    public static bool TryDecodeGap(ReadOnlyMemory<byte> bytes, out Gap gap, out string reason)
    {
        gap = null!;
        if (!TryParse(GapMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        gap = new Gap(message.Reader, message.FromPosition, message.ToPosition, message.Count, message.Reason);
        return true;
    }

    private static void AddContent(MeasurementMessage message, Measurement measurement)
    {
        message.Flags.AddRange(measurement.Flags);
        foreach (var component in measurement.Components)
        {
            message.Components.Add(Encode(component));
        }
    }

    private static ComponentMessage Encode(Component component)
    {
        var message = new ComponentMessage { Sign = component.Sign };
        switch (component.Value)
        {
            case MeasuredValue.Quantity quantity:
                message.Quantity = new QuantityMessage
                {
                    Number = quantity.Number.ToString(CultureInfo.InvariantCulture),
                    Unit = quantity.Unit,
                    Comparator = quantity.Comparator,
                };
                break;
            case MeasuredValue.Coded coded:
                message.Code = new CodeMessage { System = coded.System, Code = coded.Code };
                break;
            case MeasuredValue.Absent absent:
                message.Absent = absent.Reason;
                break;
        }

        return message;
    }

    private static Component Decode(ComponentMessage message) => new(message.Sign, message.ValueCase switch
    {
        ComponentMessage.ValueOneofCase.Quantity => new MeasuredValue.Quantity(
            decimal.Parse(message.Quantity.Number, NumberStyles.Number, CultureInfo.InvariantCulture),
            message.Quantity.Unit,
            message.Quantity.Comparator),
        ComponentMessage.ValueOneofCase.Code => new MeasuredValue.Coded(message.Code.System, message.Code.Code),
        ComponentMessage.ValueOneofCase.Absent => new MeasuredValue.Absent(message.Absent),
        _ => throw new FormatException($"the component '{message.Sign}' has no value and no reason"),
    });

    private static TimeMessage Encode(MeasurementTime time) => new()
    {
        HasDevice = time.Device is not null,
        DeviceTicks = time.Device?.Wall.Ticks ?? 0,
        HasDeviceOffset = time.Device?.Offset is not null,
        DeviceOffsetMinutes = (int)(time.Device?.Offset?.TotalMinutes ?? 0),
        Boot = Bytes(time.Boot),
        MonotonicNanoseconds = time.MonotonicNanoseconds,
        ReceivedTicks = time.Received.UtcTicks,
        InstantTicks = time.Instant.UtcTicks,
        UncertaintyTicks = time.Uncertainty.Ticks,
        Basis = (int)time.Basis,
    };

    private static MeasurementTime Decode(TimeMessage time) => new(
        time.HasDevice
            ? new DeviceTime(
                new DateTime(time.DeviceTicks, DateTimeKind.Unspecified),
                time.HasDeviceOffset ? TimeSpan.FromMinutes(time.DeviceOffsetMinutes) : null)
            : null,
        Guid(time.Boot),
        time.MonotonicNanoseconds,
        new DateTimeOffset(time.ReceivedTicks, TimeSpan.Zero),
        new DateTimeOffset(time.InstantTicks, TimeSpan.Zero),
        new TimeSpan(time.UncertaintyTicks),
        (TimeBasis)time.Basis);

    private static bool TryInstant(long ticks, out DateTimeOffset instant)
    {
        var inRange = ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks;
        instant = inRange ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return inRange;
    }

    private static ByteString Bytes(Guid guid) => ByteString.CopyFrom(guid.ToByteArray(bigEndian: true));

    private static Guid Guid(ByteString bytes) => new(bytes.Span, bigEndian: true);

    private static bool TryParse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> bytes, out T message, out string reason)
        where T : IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes.Span);
            reason = "";
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            message = default!;
            reason = e.Message;
            return false;
        }
    }
}
