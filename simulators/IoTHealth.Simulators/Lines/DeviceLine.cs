using System.Buffers;
using System.Text.Json;

namespace IoTHealth.Simulators.Lines;

/// <summary>The lines of a cuff's or a transmitter's account, <c>&lt;serial&gt;.device.jsonl</c>.</summary>
internal static class DeviceLine
{
    /// <summary>A measurement before it is first sent.</summary>
    /// <param name="lines">The line is appended here.</param>
    /// <param name="serial">The device's serial number.</param>
    /// <param name="index">Number of the measurement, from 1.</param>
    /// <param name="guarantee">What is promised of it: <c>detect-only</c> or <c>acknowledged</c>.</param>
    /// <param name="kind">What was measured.</param>
    /// <param name="time">As the device's clock shows it.</param>
    /// <param name="values">Sign and value with unit.</param>
    public static void AppendMeasured(
        IBufferWriter<byte> lines, string serial, int index, string guarantee, string kind, string time, IEnumerable<(string Sign, string Value)> values) =>
        Append(lines, "measured", writer =>
        {
            writer.WriteString("serial", serial);
            writer.WriteNumber("index", index);
            writer.WriteString("guarantee", guarantee);
            writer.WriteString("kind", kind);
            writer.WriteString("time", time);
            writer.WriteStartObject("values");
            foreach (var (sign, value) in values)
            {
                writer.WriteString(sign, value);
            }

            writer.WriteEndObject();
        });

    /// <summary>What became of a measurement: <c>sent</c> or <c>acked</c>.</summary>
    public static void AppendEvent(IBufferWriter<byte> lines, string what, int index) =>
        Append(lines, what, writer => writer.WriteNumber("index", index));

    private static void Append(IBufferWriter<byte> lines, string what, Action<Utf8JsonWriter> members) => Json.AppendLine(lines, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("event", what);
        members(writer);
        writer.WriteEndObject();
    });
}
