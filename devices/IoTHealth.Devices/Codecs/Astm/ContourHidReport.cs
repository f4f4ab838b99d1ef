namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>
/// The 64-byte HID reports in which USB meters of the Contour family wrap the ASTM byte stream: <c>ABC</c>, length (at most 60),
/// payload, zeros. A frame may span several reports.
/// </summary>
public static class ContourHidReport
{
    public const int Length = 64;
    public const int PayloadMaximum = 60;

    /// <summary>The payload of one report.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> report, out byte[] payload, out string reason)
    {
        payload = [];
        if (report.Length < 4 || !report.StartsWith("ABC"u8))
        {
            reason = "the report does not begin with ABC";
            return false;
        }

        var count = report[3];
        if (count > PayloadMaximum || report.Length < 4 + count)
        {
            reason = $"the report announces {count} bytes and has {report.Length - 4}";
            return false;
        }

        payload = report.Slice(4, count).ToArray();
        reason = "";
        return true;
    }

    /// <summary>Wraps up to 60 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer.</exception>
    public static byte[] Wrap(ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, PayloadMaximum);
        var report = new byte[Length];
        "ABC"u8.CopyTo(report);
        report[3] = (byte)payload.Length;
        payload.CopyTo(report.AsSpan(4));
        return report;
    }
}
