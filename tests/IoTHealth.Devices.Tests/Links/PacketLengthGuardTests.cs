using System.Buffers;
using System.IO.Pipelines;
using CsCheck;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

public sealed class PacketLengthGuardTests
{
    private static readonly Gen<(int Body, int[] Cuts)> Streams = Gen.Select(Gen.Int[0, 300], Gen.Int[1, 9].Array[1, 50]);

    /// <summary>Remaining length in hex digits, the limit for the whole packet, whether it passes.</summary>
    [Theory]
    [InlineData("00", 2, true)]
    [InlineData("00", 1, false)]
    [InlineData("7F", 129, true)]
    [InlineData("7F", 128, false)]
    [InlineData("8001", 131, true)]
    [InlineData("8001", 130, false)]
    [InlineData("FFFFFF7F", 1_000_000_000, true)]
    [InlineData("FFFFFF7F", 268_435_459, false)]
    [InlineData("8080804B", 4096, false)]
    [InlineData("80808080", 4096, false)]
    [InlineData("FFFFFFFF7F", int.MaxValue, false)]
    [InlineData("8080808001", int.MaxValue, false)]
    [InlineData("808000", 10, true)]
    public async Task Lengths_are_judged_by_the_header_alone(string length, int limit, bool passes)
    {
        byte[] header = [0x30, .. Convert.FromHexString(length)];
        Assert.Equal(passes, await PassesAsync(limit, [header]));
        Assert.Equal(passes, await PassesAsync(limit, header.Select(one => new[] { one })));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("3080")]
    [InlineData("30808080")]
    public async Task Half_a_header_says_nothing_yet(string header) => Assert.True(await PassesAsync(1, [Convert.FromHexString(header)]));

    [Fact]
    public async Task All_bytes_pass_unchanged_however_they_are_cut() => await Streams.Array[1, 8].SampleAsync(async packets =>
    {
        byte[] bytes = [.. packets.SelectMany(packet => Packet(packet.Body))];
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 1_000);
        var writing = WriteAsync(pipe.Writer, bytes, packets[0].Cuts);
        Assert.Equal(bytes, await ReadPacketsAsync(guard));
        await writing;
    }, iter: 200);

    [Fact]
    public async Task A_long_packet_behind_short_ones_is_seen()
    {
        byte[] bytes = [.. Packet(10), .. Packet(0), .. Packet(500)];
        var pipe = new Pipe();
        var writing = WriteAsync(pipe.Writer, bytes, [7]);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadPacketsAsync(new PacketLengthGuard(pipe.Reader, 100)));
        await writing;
    }

    /// <summary>A client may send on behind its CONNECT without waiting to be admitted (MQTT 3.1.1, section 3.1.4).</summary>
    [Fact]
    public async Task What_is_sent_behind_the_first_packet_is_judged_by_the_limit_of_its_turn()
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 20);
        await pipe.Writer.WriteAsync((byte[])[.. Packet(10), .. Packet(500)], Cancellation);
        var first = await guard.ReadAsync(Cancellation);
        guard.LimitBytes = 1_000;
        guard.AdvanceTo(first.Buffer.GetPosition(12));
        Assert.Equal(503, (await guard.ReadAsync(Cancellation)).Buffer.Length);
    }

    [Fact]
    public async Task A_lower_limit_holds_from_the_next_packet_on()
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 1_000);
        await pipe.Writer.WriteAsync((byte[])[.. Packet(500), .. Packet(10)], Cancellation);
        var first = await guard.ReadAsync(Cancellation);
        guard.LimitBytes = 12;
        guard.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        await pipe.Writer.WriteAsync(Packet(11), Cancellation);
        var both = await guard.ReadAsync(Cancellation);
        guard.AdvanceTo(both.Buffer.GetPosition(503));
        var second = await guard.ReadAsync(Cancellation);
        guard.AdvanceTo(second.Buffer.GetPosition(12));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await guard.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Packets_taken_several_at_a_time_are_judged_too()
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 20);
        await pipe.Writer.WriteAsync((byte[])[.. Packet(10), .. Packet(11), .. Packet(500)], Cancellation);
        var all = await guard.ReadAsync(Cancellation);
        Assert.Throws<InvalidDataException>(() => guard.AdvanceTo(all.Buffer.End));
    }

    [Fact]
    public async Task Part_of_a_body_may_be_consumed()
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 20);
        await pipe.Writer.WriteAsync((byte[])[.. Packet(10), .. Packet(18), 0x30, 0x7F], Cancellation);
        foreach (var step in new[] { 5, 4, 3, 20 })
        {
            var read = await guard.ReadAsync(Cancellation);
            guard.AdvanceTo(read.Buffer.GetPosition(step));
        }

        await Assert.ThrowsAsync<InvalidDataException>(async () => await guard.ReadAsync(Cancellation));
    }

    /// <summary>MQTTnet asks again for the rest of a half packet, for ever and without waiting, when there will be no rest.</summary>
    [Theory]
    [InlineData("30")]
    [InlineData("3080")]
    [InlineData("300A0001")]
    public async Task An_end_within_a_packet_is_an_error(string half)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync((byte[])[.. Packet(3), .. Convert.FromHexString(half)], Cancellation);
        await pipe.Writer.CompleteAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadPacketsAsync(new PacketLengthGuard(pipe.Reader, 100)));
    }

    [Fact]
    public async Task An_end_between_packets_is_none()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync((byte[])[.. Packet(3), .. Packet(200)], Cancellation);
        await pipe.Writer.CompleteAsync();
        Assert.Equal(5 + 203, (await ReadPacketsAsync(new PacketLengthGuard(pipe.Reader, 1_000))).Length);
    }

    [Fact]
    public async Task A_reader_that_does_not_wait_is_guarded_too()
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, 100);
        Assert.False(guard.TryRead(out _));
        await pipe.Writer.WriteAsync(Packet(500), Cancellation);
        Assert.Throws<InvalidDataException>(() => guard.TryRead(out _));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Packet(int body) => body < 128
        ? [0x30, (byte)body, .. Enumerable.Range(0, body).Select(n => (byte)(n | 0x80))]
        : [0x30, (byte)(body % 128 | 0x80), (byte)(body / 128), .. Enumerable.Range(0, body).Select(n => (byte)(n | 0x80))];

    private static async Task<bool> PassesAsync(int limit, IEnumerable<byte[]> pieces)
    {
        var pipe = new Pipe();
        var guard = new PacketLengthGuard(pipe.Reader, limit);
        try
        {
            foreach (var piece in pieces)
            {
                await pipe.Writer.WriteAsync(piece, Cancellation);
                var read = await guard.ReadAsync(Cancellation);
                guard.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes, int[] cuts)
    {
        for (var (at, turn) = (0, 0); at < bytes.Length; turn++)
        {
            var length = Math.Min(cuts[turn % cuts.Length], bytes.Length - at);
            await writer.WriteAsync(bytes.AsMemory(at, length));
            at += length;
        }

        await writer.CompleteAsync();
    }

    // As MQTTnet does it: one packet at a time, everything examined.
    private static async Task<byte[]> ReadPacketsAsync(PacketLengthGuard guard)
    {
        var bytes = new List<byte>();
        while (true)
        {
            var read = await guard.ReadAsync();
            var whole = WholePacket(read.Buffer);
            bytes.AddRange(read.Buffer.Slice(0, whole).ToArray());
            guard.AdvanceTo(read.Buffer.GetPosition(whole), whole > 0 ? read.Buffer.GetPosition(whole) : read.Buffer.End);
            if (read.IsCompleted && read.Buffer.Length == whole)
            {
                return [.. bytes];
            }
        }
    }

    private static long WholePacket(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.ToArray();
        if (bytes.Length < 2 || (bytes[1] > 127 && bytes.Length < 3))
        {
            return 0;
        }

        var length = bytes[1] > 127 ? 3 + (bytes[1] & 0x7F) + (bytes[2] * 128) : 2 + bytes[1];
        return bytes.Length >= length ? length : 0;
    }
}
