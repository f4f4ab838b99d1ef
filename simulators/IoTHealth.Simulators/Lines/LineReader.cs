namespace IoTHealth.Simulators.Lines;

/// <summary>
/// Reads whole lines. A last line without line feed was torn by a kill while it was written: nothing was sent or answered
/// on its strength, so it does not count.
/// </summary>
internal static class LineReader
{
    public static IEnumerable<JsonLine> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[64 * 1024];
        var (number, offset, held) = (0L, 0L, 0);
        for (int read; (read = file.Read(buffer, held, buffer.Length - held)) > 0;)
        {
            held += read;
            var used = 0;
            for (int length; (length = buffer.AsSpan(used, held - used).IndexOf((byte)'\n')) >= 0; used += length + 1)
            {
                number++;
                if (length > 0)
                {
                    yield return new JsonLine(number, offset + used, buffer.AsSpan(used, length).ToArray());
                }
            }

            (offset, held) = (offset + used, held - used);
            buffer.AsSpan(used, held).CopyTo(buffer);
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
