using System.Runtime.InteropServices;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// Finds messages in a byte stream: 0B, message, 1C 0D (HL7 v2 transport, Minimal Lower Layer Protocol release 1). Bytes outside a
/// block are counted and skipped; a block that begins anew or grows too long is dropped and counted.
/// </summary>
public sealed class MllpDeframer(int bytesMaximum = MllpDeframer.DefaultBytesMaximum)
{
    public const byte Start = 0x0B;
    public const byte End = 0x1C;
    public const byte CarriageReturn = 0x0D;

    /// <summary>A report with its PDF fits.</summary>
    public const int DefaultBytesMaximum = 16 * 1024 * 1024;

    private const int BeginningBytes = 4096;
    private const int KeptCapacity = 65_536;

    private readonly List<byte> _block = [];
    private bool _isInBlock;

    /// <summary>True while a block has begun and not ended.</summary>
    public bool IsIncomplete => _isInBlock;

    /// <summary>Bytes of the block that has begun.</summary>
    public int HeldBytes => _block.Count;

    /// <summary>The beginning of the last block that grew too long, or null while there was none.</summary>
    public byte[]? Overlong { get; private set; }

    /// <summary>Bytes that belonged to no whole block.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Takes the next bytes of the stream and answers with the messages that are whole by now.</summary>
    public IReadOnlyList<byte[]> Push(ReadOnlySpan<byte> bytes)
    {
        var messages = new List<byte[]>();
        foreach (var value in bytes)
        {
            if (value == Start)
            {
                Drop();
                _isInBlock = true;
            }
            else if (!_isInBlock)
            {
                SkippedBytes++;
            }
            else if (value == CarriageReturn && _block.Count > 0 && _block[^1] == End)
            {
                messages.Add(CollectionsMarshal.AsSpan(_block)[..^1].ToArray());
                Release();
                _isInBlock = false;
            }
            else if (_block.Count >= bytesMaximum)
            {
                Overlong = [.. _block.Take(BeginningBytes)];
                Drop();
            }
            else
            {
                _block.Add(value);
            }
        }

        return messages;
    }

    /// <summary>A message in its block.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> message) => [Start, .. message, End, CarriageReturn];

    private void Drop()
    {
        SkippedBytes += _block.Count;
        Release();
        _isInBlock = false;
    }

    // A long block leaves no memory behind that nobody counts.
    private void Release()
    {
        _block.Clear();
        if (_block.Capacity > KeptCapacity)
        {
            _block.Capacity = 0;
        }
    }
}
