using System.Diagnostics;

namespace IoTHealth.FaultyEdge;

/// <summary>A disk that takes longer, busy or not.</summary>
internal static class SlowDisk
{
    public static void Wait10Milliseconds()
    {
        using var never = new ManualResetEventSlim();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(10))
        {
            never.Wait(1);
        }
    }
}
