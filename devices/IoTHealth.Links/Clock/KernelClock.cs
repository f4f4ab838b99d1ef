using System.Runtime.InteropServices;

namespace IoTHealth.Links.Clock;

/// <summary>What the kernel knows of its own clock (adjtimex(2)). Linux.</summary>
public static partial class KernelClock
{
    private const int Unsynchronised = 0x40;

    /// <summary>
    /// Whether a time service keeps the clock right (<c>timedatectl</c>: system clock synchronized); false also where the kernel
    /// does not say.
    /// </summary>
    public static bool IsSynchronised()
    {
        var state = default(State);
        return Adjust(ref state) >= 0 && (state.Status & Unsynchronised) == 0;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjust(ref State state);

    // struct timex: its fields up to the status, room for the rest. Modes 0 asks only.
    [StructLayout(LayoutKind.Sequential, Size = 208)]
    private struct State
    {
        public uint Modes;
        public nint Offset;
        public nint Frequency;
        public nint LargestError;
        public nint EstimatedError;
        public int Status;
    }
}
