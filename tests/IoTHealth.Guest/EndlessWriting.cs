using System.Diagnostics;
using IoTHealth.Links.Serial;

namespace IoTHealth.Guest;

/// <summary>Writes to a serial line faster than it takes the bytes, so that a write is under way whenever the line is pulled.</summary>
internal static class EndlessWriting
{
    private const int Baud = 9600;
    private const int BlockBytes = 4096;

    /// <summary>Prints <c>writing</c>, and after the hang-up <c>ended: reason</c> and <c>closed after N ms</c>; a write without error is failure.</summary>
    public static async Task<int> RunAsync(string path)
    {
        long ended;
        await using (var port = TtyPort.Open(new SerialSettings(path, Baud)))
        {
            Console.WriteLine("writing");
            try
            {
                await WriteAsync(port);
                Console.WriteLine("ended without an error");
                return 1;
            }
            catch (IOException e)
            {
                ended = Stopwatch.GetTimestamp();
                Console.WriteLine($"ended: {e.Message}");
            }
        }

        Console.WriteLine($"closed after {Stopwatch.GetElapsedTime(ended).TotalMilliseconds:0} ms");
        return 0;
    }

    private static async Task WriteAsync(TtyPort port)
    {
        var block = new byte[BlockBytes];
        while (!(await port.Output.WriteAsync(block)).IsCompleted)
        {
        }
    }
}
