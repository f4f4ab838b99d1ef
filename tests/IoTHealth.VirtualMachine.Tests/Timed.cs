using System.Diagnostics;
using System.Globalization;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>Prints how long something took, also when the test passes.</summary>
internal sealed class Timed(string machine, string what) : IDisposable
{
    private readonly long begun = Stopwatch.GetTimestamp();

    public static void Tell(string machine, string what, TimeSpan took) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"virtual machine ({machine}): {what} {took.TotalSeconds:0.0} s"));

    public void Dispose() => Tell(machine, what, Stopwatch.GetElapsedTime(begun));
}
