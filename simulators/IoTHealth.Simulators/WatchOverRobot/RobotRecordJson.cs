using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>The robot's own encoder: records as they go over the wire.</summary>
internal static class RobotRecordJson
{
    /// <summary>One object for a single record, an array for more.</summary>
    public static byte[] Payload(IReadOnlyList<RobotRecord> records) => Json.Write(writer =>
    {
        if (records.Count == 1)
        {
            Write(writer, records[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var record in records)
        {
            Write(writer, record);
        }

        writer.WriteEndArray();
    });

    public static string Timestamp(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter writer, RobotRecord record)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq", record.Sequence);
        writer.WriteString("ts", Timestamp(record.Timestamp));
        if (record.Event is { } what)
        {
            writer.WriteString("event", what == NightEventKind.Fall ? "fall" : "bed_exit");
        }
        else if (record.Look is { } look)
        {
            WriteLook(writer, look);
        }

        writer.WriteEndObject();
    }

    private static void WriteLook(Utf8JsonWriter writer, NightMoment look)
    {
        writer.WriteString("bed", look.InBed ? "in" : "out");
        if (look.HeartRate is { } heart)
        {
            writer.WriteNumber("hr", heart);
        }

        if (look.RespirationRate is { } breath)
        {
            writer.WriteNumber("rr", breath);
        }

        writer.WriteNumber("motion", look.Motion);
    }
}
