using IoTHealth.Devices.Codecs.Astm;

namespace IoTHealth.Devices.Glucose;

/// <summary>Takes the ASTM bytes out of a stream of HID reports; a report that is none of the meter's is skipped.</summary>
public sealed class HidReports
{
    private readonly List<byte> _begun = [];

    /// <summary>Reports that were skipped.</summary>
    public long Skipped { get; private set; }

    public byte[] Push(ReadOnlySpan<byte> bytes)
    {
        var unwrapped = new List<byte>();
        foreach (var value in bytes)
        {
            _begun.Add(value);
            if (_begun.Count == ContourHidReport.Length)
            {
                unwrapped.AddRange(Unwrap());
            }
        }

        return [.. unwrapped];
    }

    private byte[] Unwrap()
    {
        var isOurs = ContourHidReport.TryUnwrap([.. _begun], out var payload, out _);
        Skipped += isOurs ? 0 : 1;
        _begun.Clear();
        return payload;
    }
}
