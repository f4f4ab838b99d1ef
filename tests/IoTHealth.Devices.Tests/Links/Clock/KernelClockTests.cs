using System.Runtime.InteropServices;
using IoTHealth.Links.Clock;

namespace IoTHealth.Devices.Tests.Links.Clock;

public sealed class KernelClockTests
{
    // struct timex of a 64-bit Linux: the status stands at byte 40, and says 'not synchronised' by 0x40.
    private const int StatusAt = 40;
    private const int Unsynchronised = 0x40;

    private delegate int Ask(byte[] timex);

    [Fact]
    public void It_says_what_the_kernel_says()
    {
        var library = NativeLibrary.Load("libc.so.6");
        var ask = Marshal.GetDelegateForFunctionPointer<Ask>(NativeLibrary.GetExport(library, "ntp_adjtime"));
        var timex = new byte[256];
        var isKnown = ask(timex) >= 0;
        Assert.Equal(isKnown && (BitConverter.ToInt32(timex, StatusAt) & Unsynchronised) == 0, KernelClock.IsSynchronised());
    }
}
