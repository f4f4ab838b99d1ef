namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// A PDF in a field of type ED. Senders order source, type, subtype, encoding and data differently and spell them in any case, so
/// the data is what follows the component 'Base64', and it must decode to something that begins with %PDF.
/// </summary>
internal static class EncapsulatedPdf
{
    public static bool TryRead(Hl7Segment segment, int field, out byte[] content, out string reason)
    {
        content = [];
        var raw = segment.Repetitions(field)[0];
        var components = Enumerable.Range(1, 8).Select(number => segment.ComponentOf(raw, number)).ToArray();
        var encoding = Array.FindIndex(components, c => c.Trim().Equals("Base64", StringComparison.OrdinalIgnoreCase));
        if (encoding < 0 || encoding + 1 >= components.Length)
        {
            reason = "no component says Base64";
            return false;
        }

        var text = string.Concat(components[encoding + 1].Where(c => !char.IsWhiteSpace(c)));
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var length))
        {
            reason = "the data is not Base64";
            return false;
        }

        content = buffer[..length];
        reason = content.AsSpan().StartsWith("%PDF"u8) ? "" : "the data does not begin with %PDF";
        return reason.Length == 0;
    }
}
