using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Measurements as InfluxDB line protocol. Measurement = kind; tags device and gateway (both few: series stay bounded);
/// fields one for each sign plus <c>id</c>, and <c>wire</c>, which holds the reading itself. No patient datum. The timestamp is the corrected instant in whole milliseconds
/// plus up to 999,999 ns made of the id, since a second point of one series and timestamp would overwrite the first.
/// </summary>
public static class LineProtocol
{
    private const ulong TieBreakerNanoseconds = 1_000_000;
    private const string AbsentEnd = "_absent";

    /// <summary>InfluxDB takes texts of 64 KB; what is longer cannot be replayed from here.</summary>
    private const int WireMaximum = 45 * 1024;

    /// <param name="measurement">The reading as it is known: its instant is the timestamp.</param>
    /// <param name="gateway">Tag.</param>
    /// <param name="deviceKey">Tag.</param>
    /// <param name="wire">The reading as the log holds it (<see cref="WireForm"/>).</param>
    public static string Line(Measurement measurement, string gateway, string deviceKey, ReadOnlyMemory<byte> wire)
    {
        var line = new StringBuilder(160);
        line.Append(Escape(measurement.Kind)).Append(",device=").Append(Escape(deviceKey)).Append(",gateway=").Append(Escape(gateway)).Append(' ');
        foreach (var component in measurement.Components)
        {
            AppendField(line, component);
            line.Append(',');
        }

        line.Append("id=\"").Append(measurement.Id).Append('"');
        if (wire.Length <= WireMaximum)
        {
            line.Append(",wire=\"").Append(Convert.ToBase64String(wire.Span)).Append('"');
        }

        return line.Append(' ').Append(Nanoseconds(measurement)).ToString();
    }

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public static long Nanoseconds(Measurement measurement)
    {
        var milliseconds = measurement.Time.Instant.ToUnixTimeMilliseconds();
        var id = measurement.Id.ToBytes();
        var tieBreaker = BinaryPrimitives.ReadUInt64BigEndian(id) % TieBreakerNanoseconds;
        return milliseconds * 1_000_000 + (long)tieBreaker;
    }

    private static void AppendField(StringBuilder line, Component component)
    {
        var name = Escape(component.Sign);
        switch (component.Value)
        {
            case MeasuredValue.Quantity quantity:
                var unit = VitalSignCatalogue.Signs[component.Sign].Unit;
                var number = UnitConversion.TryConvert(quantity.Number, quantity.Unit, unit, out var converted) ? converted : quantity.Number;
                line.Append(name).Append('=').Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case MeasuredValue.Coded coded:
                line.Append(name).Append("=\"").Append(EscapeText(coded.Code)).Append('"');
                break;
            case MeasuredValue.Absent absent:
                line.Append(name).Append(AbsentEnd).Append("=\"").Append(EscapeText(absent.Reason)).Append('"');
                break;
        }
    }

    private static string Escape(string key) => key
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal)
        .Replace(" ", "\\ ", StringComparison.Ordinal);

    private static string EscapeText(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
