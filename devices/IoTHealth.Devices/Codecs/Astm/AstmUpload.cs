using System.Text;

namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>What to answer to a frame.</summary>
public enum FrameVerdict
{
    /// <summary>Its records are new: make them durable, then acknowledge.</summary>
    Take,

    /// <summary>The device did not hear our acknowledgement: give it again.</summary>
    Repeated,

    /// <summary>It does not follow the frame before it: ask for it again.</summary>
    OutOfOrder,
}

/// <summary>
/// One upload: puts frames in order and records together (CLSI LIS01-A2, section 6.3.1.2: numbers 1 … 7, 0, 1 …; a repeated number
/// is a retransmission). Pure. A record may span frames; a frame may hold several.
/// </summary>
public sealed class AstmUpload
{
    private const int TextMaximum = 64 * 1024;
    private const int FrameNumbers = 8;

    private readonly StringBuilder _text = new();

    private int? _last;

    /// <summary>Takes a frame; <paramref name="records"/> are the ones it completes.</summary>
    public FrameVerdict Add(AstmFrame frame, out IReadOnlyList<string> records)
    {
        records = [];
        if (frame.Number == _last)
        {
            return FrameVerdict.Repeated;
        }

        if (_last is { } last && frame.Number != (last + 1) % FrameNumbers)
        {
            return FrameVerdict.OutOfOrder;
        }

        _last = frame.Number;
        if (_text.Length + frame.Text.Length > TextMaximum)
        {
            _text.Clear();
        }

        _text.Append(frame.Text);
        records = TakeRecords(frame.IsLast);
        return FrameVerdict.Take;
    }

    private List<string> TakeRecords(bool isLast)
    {
        var text = _text.ToString();
        var end = isLast ? text.Length : text.LastIndexOf('\r') + 1;
        _text.Clear().Append(text.AsSpan(end));
        return [.. text[..end].Split('\r', StringSplitOptions.RemoveEmptyEntries)];
    }
}
