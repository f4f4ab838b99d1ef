using System.Buffers;
using System.IO.Pipelines;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A line in memory: the test is the device at its other end.</summary>
internal sealed class Line : IDuplexPipe
{
    private readonly Pipe _toDriver = new();
    private readonly Pipe _fromDriver = new();

    public PipeReader Input => _toDriver.Reader;

    public PipeWriter Output => _fromDriver.Writer;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _toDriver.Writer.WriteAsync(bytes);

    /// <summary>The device's end: hangs up.</summary>
    public void HangUp() => _toDriver.Writer.Complete(new IOException("the line hung up"));

    /// <summary>The next bytes the driver said, or none when it said nothing within the time.</summary>
    public async Task<byte[]> HearAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var read = await _fromDriver.Reader.ReadAsync(limit.Token);
            var said = read.Buffer.ToArray();
            _fromDriver.Reader.AdvanceTo(read.Buffer.End);
            return said;
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }
}
