namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>What a scanner found in the byte stream.</summary>
public abstract record AstmEvent
{
    private AstmEvent()
    {
    }

    /// <summary>The device asks whether we are ready.</summary>
    public sealed record Enquiry : AstmEvent;

    /// <summary>A frame with a right checksum.</summary>
    public sealed record Frame(AstmFrame Content) : AstmEvent;

    /// <summary>Something that began as a frame and is none.</summary>
    public sealed record Damaged(string Reason, byte[] Raw) : AstmEvent;

    /// <summary>The device has said all.</summary>
    public sealed record End : AstmEvent;
}

/// <summary>
/// Finds enquiries, frames and ends in a byte stream (CLSI LIS01-A2, section 6), however it is cut. Pure; bytes between frames
/// are skipped and counted, a frame that begins anew or grows too long is damaged.
/// </summary>
public sealed class AstmScanner
{
    private readonly List<byte> _frame = [];

    /// <summary>Bytes that belonged to nothing.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    public IReadOnlyList<AstmEvent> Push(ReadOnlySpan<byte> bytes)
    {
        var found = new List<AstmEvent>();
        foreach (var value in bytes)
        {
            if (_frame.Count > 0)
            {
                Continue(value, found);
            }
            else
            {
                Begin(value, found);
            }
        }

        return found;
    }

    private void Begin(byte value, List<AstmEvent> found)
    {
        switch (value)
        {
            case AstmFrame.Stx:
                _frame.Add(value);
                break;
            case AstmFrame.Enq:
                found.Add(new AstmEvent.Enquiry());
                break;
            case AstmFrame.Eot:
                found.Add(new AstmEvent.End());
                break;
            default:
                SkippedBytes++;
                break;
        }
    }

    private void Continue(byte value, List<AstmEvent> found)
    {
        // None of these can stand inside a frame: whatever it was, it was cut off.
        if (value is AstmFrame.Stx or AstmFrame.Enq or AstmFrame.Eot)
        {
            found.Add(new AstmEvent.Damaged("the frame was cut off", Take()));
            Begin(value, found);
            return;
        }

        _frame.Add(value);
        if (value == '\n' || _frame.Count > AstmFrame.BytesMaximum)
        {
            var raw = Take();
            found.Add(AstmFrame.TryRead(raw, out var frame, out var reason) ? new AstmEvent.Frame(frame) : new AstmEvent.Damaged(reason, raw));
        }
    }

    private byte[] Take()
    {
        byte[] raw = [.. _frame];
        _frame.Clear();
        return raw;
    }
}
