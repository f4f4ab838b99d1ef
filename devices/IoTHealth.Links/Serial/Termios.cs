namespace IoTHealth.Links.Serial;

/// <summary>Line settings. The structure is larger in every C library than its documented fields; 256 bytes hold any.</summary>
internal static class Termios
{
    private const int Bytes = 256;
    private const int ControlFlagsOffset = 8;
    private const uint IgnoreModemLines = 0x800;
    private const uint EnableReceiver = 0x80;
    private const int Now = 0;

    /// <summary>Raw bytes, 8N1, no modem lines, at a speed. False when it is no serial line or refuses.</summary>
    public static bool MakeRaw(int descriptor, uint speed)
    {
        var termios = new byte[Bytes];
        if (Libc.GetAttributes(descriptor, termios) != 0)
        {
            return false;
        }

        Libc.MakeRaw(termios);
        var flags = BitConverter.ToUInt32(termios, ControlFlagsOffset) | IgnoreModemLines | EnableReceiver;
        BitConverter.TryWriteBytes(termios.AsSpan(ControlFlagsOffset), flags);
        return Libc.SetSpeed(termios, speed) == 0 && Libc.SetAttributes(descriptor, Now, termios) == 0;
    }
}
