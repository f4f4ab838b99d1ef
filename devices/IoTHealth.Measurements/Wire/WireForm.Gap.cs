using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Gaps.</content>
public static partial class WireForm
{
    public static byte[] Encode(Gap gap)
    {
        var message = new GapMessage
        {
            Reader = gap.Reader,
            FromPosition = gap.FromPosition,
            ToPosition = gap.ToPosition,
            Count = gap.Count,
            Reason = gap.Reason,
        };
        if (gap.Journal is { } journal)
        {
            message.Journal = ByteString.CopyFrom(journal.ToByteArray(bigEndian: true));
        }

        message.Runs.AddRange(gap.Runs.Select(run => new RunMessage { FromPosition = run.From, ToPosition = run.To }));
        message.Origins.AddRange(gap.Origins.Select(origin => new GapOriginMessage { Device = origin.Device, Day = origin.Day.DayNumber, Count = origin.Count }));
        return message.ToByteArray();
    }

    public static bool TryDecodeGap(ReadOnlyMemory<byte> bytes, out Gap gap, out string reason)
    {
        gap = null!;
        if (!TryParse(GapMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Journal.Length is not (0 or 16))
        {
            reason = "the journal of a gap is no GUID";
            return false;
        }

        if (message.Runs.Any(run => run.ToPosition < run.FromPosition))
        {
            reason = "a run of a gap ends before it begins";
            return false;
        }

        if (message.Origins.Any(origin => origin.Day < 0 || origin.Day > DateOnly.MaxValue.DayNumber))
        {
            reason = "a day of a gap lies outside the calendar";
            return false;
        }

        gap = new Gap(message.Reader, message.FromPosition, message.ToPosition, message.Count, message.Reason)
        {
            Journal = message.Journal.Length == 0 ? null : new Guid(message.Journal.Span, bigEndian: true),
            Runs = [.. message.Runs.Select(run => new Interval(run.FromPosition, run.ToPosition))],
            Origins = [.. message.Origins.Select(origin => new GapOrigin(origin.Device, DateOnly.FromDayNumber(origin.Day), origin.Count))],
        };
        return true;
    }
}
