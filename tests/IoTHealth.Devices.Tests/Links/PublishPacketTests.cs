using System.Buffers;
using CsCheck;
using IoTHealth.Links.Mqtt;
using MQTTnet.Exceptions;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>Our own reading of PUBLISH: total, and the same however the bytes are cut.</summary>
public sealed class PublishPacketTests
{
    private const int Limit = 10_000;

    [Fact]
    public void What_was_written_is_read_however_it_is_cut() => Gen.Select(Gen.String[1, 40], Gen.Byte.Array[0, 300], Gen.UShort[1, ushort.MaxValue], Gen.Int[0, 1], Gen.Int[1, 9]).Sample(
        (topic, payload, id, quality, cut) =>
        {
            var bytes = MqttBytes.Publish(topic, payload, id, quality);
            var packet = new PublishPacket(256);
            Assert.Equal(NextPacket.Publish, packet.Read(Cut([.. bytes, 0xC0, 0], cut), Limit));
            Assert.Equal((System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(topic)), quality, quality * id, bytes.Length), (packet.Message.Topic, packet.Message.QualityOfService, packet.Identifier, packet.Length));
            Assert.Equal(payload, packet.Message.Payload.ToArray());
            Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Equal(NextPacket.Partial, packet.Read(Cut(bytes[..length], cut), Limit)));
        },
        iter: 300);

    [Fact]
    public void No_bytes_do_more_than_break_the_rules() => Gen.Byte.Array[0, 60].Sample(
        bytes =>
        {
            try
            {
                new PublishPacket(256).Read(new ReadOnlySequence<byte>([0x32, .. bytes]), Limit);
            }
            catch (Exception e) when (e is MqttProtocolViolationException or InvalidDataException)
            {
                // It says so.
            }
        },
        iter: 20_000);

    [Theory]
    [InlineData("C000", true)]
    [InlineData("82", true)]
    [InlineData("", false)]
    [InlineData("32", false)]
    [InlineData("3280", false)]
    public void What_is_no_whole_publish_is_left(string hex, bool isOther) => Assert.Equal(
        isOther ? NextPacket.Other : NextPacket.Partial,
        new PublishPacket(256).Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex)), Limit));

    [Theory]
    [InlineData("no room for the identifier", "320400017400")]
    [InlineData("identifier 0", "32050001740000")]
    [InlineData("QoS 2", "34050001740001")]
    [InlineData("QoS 3", "36050001740001")]
    [InlineData("no topic", "320400000001")]
    [InlineData("a topic that is not UTF-8", "32050001FF0001")]
    [InlineData("a topic longer than the packet", "320400C87401")]
    [InlineData("nothing", "3200")]
    public void Broken_rules_are_told(string what, string hex)
    {
        var thrown = Record.Exception(() => new PublishPacket(256).Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex)), Limit));
        Assert.True(thrown is MqttProtocolViolationException, what);
    }

    [Fact]
    public void Too_much_is_told_before_it_has_come() => Assert.Throws<InvalidDataException>(
        () => new PublishPacket(256).Read(new ReadOnlySequence<byte>(MqttBytes.HugeHeader), Limit));

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int size)
    {
        Segment? first = null, last = null;
        foreach (var part in bytes.Chunk(size))
        {
            last = new Segment(part, last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Append(this);
        }

        private void Append(Segment next) => Next = next;
    }
}
