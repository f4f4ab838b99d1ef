using System.Buffers;
using IoTHealth.Links.Serial;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links;

public sealed class TtyPortTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Bytes_go_both_ways_unchanged()
    {
        using var device = new PseudoTerminal();
        await using var port = TtyPort.Open(new SerialSettings(device.Path, 9600));
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        device.Write(all);
        var received = new List<byte>();
        while (received.Count < all.Length)
        {
            var read = await port.Input.ReadAsync().AsTask().WaitAsync(Patience);
            received.AddRange(read.Buffer.ToArray());
            port.Input.AdvanceTo(read.Buffer.End);
        }

        Assert.Equal(all, received);
        await port.Output.WriteAsync(all);
        var sent = new List<byte>();
        while (sent.Count < all.Length)
        {
            sent.AddRange(device.Read());
        }

        Assert.Equal(all, sent);
    }

    [Fact]
    public async Task A_pulled_cable_ends_reading_and_writing_and_closing_does_not_hang()
    {
        var device = new PseudoTerminal();
        var port = TtyPort.Open(new SerialSettings(device.Path, 115200));
        var reading = port.Input.ReadAsync().AsTask();
        device.Dispose();
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Patience));
        await port.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_cable_pulled_in_mid_write_hangs_nothing()
    {
        var device = new PseudoTerminal();
        var port = TtyPort.Open(new SerialSettings(device.Path, 115200));
        var writing = Task.Run(async () =>
        {
            while (!(await port.Output.WriteAsync(new byte[16 * 1024])).IsCompleted)
            {
                // Nobody reads at the other end: the line fills up.
            }
        });
        device.Dispose();
        try
        {
            await writing.WaitAsync(Patience);
        }
        catch (IOException)
        {
            // Either way it has ended.
        }

        await port.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task Closing_while_a_full_line_is_being_written_does_not_hang()
    {
        using var device = new PseudoTerminal();
        var port = TtyPort.Open(new SerialSettings(device.Path, 9600));
        await port.Output.WriteAsync(new byte[32 * 1024]);
        await port.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public void What_is_not_there_or_no_line_is_said_so()
    {
        Assert.Contains("/dev/no-such-line", Assert.Throws<IOException>(() => TtyPort.Open(new SerialSettings("/dev/no-such-line", 9600))).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => TtyPort.Open(new SerialSettings("/dev/null", 9600)));
        Assert.Throws<ArgumentException>(() => TtyPort.Open(new SerialSettings("/dev/null", 12345)));
    }
}
