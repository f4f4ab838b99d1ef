using System.IO.Compression;
using CsCheck;
using IoTHealth.Cloud.Hub;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Hub;

public sealed class TelemetryTests
{
    private static readonly byte[] Body = WireForm.Encode(Readings.HeartRates(1, 3));

    [Theory]
    [InlineData("devices/gw-01/messages/events/%24.mid=1&%24.ct=application%2Fjson&%24.ce=br/", true, "application/json", "br")]
    [InlineData("devices/gw-01/messages/events/", true, "", "")]
    [InlineData("devices/gw-01/messages/events/$.ct=a&b&=&%24.ce", true, "a", "")]
    [InlineData("devices/gw-02/messages/events/", false, "", "")]
    [InlineData("devices/gw-01/messages/devicebound/", false, "", "")]
    [InlineData("watchover/robot-01/readings", false, "", "")]
    public void A_topic_tells_content_type_and_encoding(string topic, bool isTelemetry, string type, string encoding)
    {
        Assert.Equal(isTelemetry, TelemetryTopic.TryParse(topic, "gw-01", out var parsed));
        Assert.Equal((type, encoding), (parsed.ContentType, parsed.ContentEncoding));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("")]
    public void A_batch_is_read_in_every_encoding(string encoding)
    {
        Assert.True(TelemetryBody.TryDecode(Topic(encoding), Pack(encoding, Body), out var batch, out _));
        Assert.Equal([1, 2, 3], batch.Entries.Select(entry => entry.Position));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public void A_decompression_bomb_is_refused(string encoding)
    {
        var bomb = Pack(encoding, new byte[TelemetryBody.Maximum + 1]);

        Assert.True(bomb.Length < 262_143);
        Assert.False(TelemetryBody.TryDecode(Topic(encoding), bomb, out _, out var reason));
        Assert.Contains("larger than", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zstd", "neither br nor gzip")]
    [InlineData("br", "cannot be decompressed")]
    public void An_unknown_or_broken_encoding_is_named(string encoding, string expected)
    {
        Assert.False(TelemetryBody.TryDecode(Topic(encoding), new byte[] { 0xff, 0xfe, 1, 2, 3 }, out _, out var reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_is_total() => Gen.Select(Gen.Byte.Array[0, 200], Gen.OneOf(Gen.Const("br"), Gen.Const("gzip"), Gen.Const(""), Gen.Const("x"))).Sample((bytes, encoding) =>
        TelemetryBody.TryDecode(Topic(encoding), bytes, out _, out var reason) || reason.Length > 0);

    [Fact]
    public void Topics_never_throw() => Gen.String.Sample(text =>
    {
        Assert.True(TelemetryTopic.TryParse("devices/gw-01/messages/events/" + text, "gw-01", out _));
        _ = TwinTopic.TryParse("$iothub/twin/GET/" + text, out _);
    });

    [Theory]
    [InlineData("$iothub/twin/GET/?$rid=7", true, true, "7")]
    [InlineData("$iothub/twin/PATCH/properties/reported/?$rid=a-b&$version=1", true, false, "a-b")]
    [InlineData("$iothub/twin/GET/", false, true, "")]
    [InlineData("$iothub/methods/res/200/?$rid=1", false, false, "")]
    public void A_twin_topic_tells_its_request(string topic, bool isTwin, bool isGet, string rid)
    {
        Assert.Equal(isTwin, TwinTopic.TryParse(topic, out var request));
        Assert.Equal((isGet, rid), (request.IsGet, request.RequestId));
    }

    internal static byte[] Pack(string encoding, byte[] body)
    {
        using var packed = new MemoryStream();
        Stream Packing() => encoding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => packed,
        };
        using (var packing = encoding.Length > 0 ? Packing() : null)
        {
            (packing ?? packed).Write(body);
        }

        return packed.ToArray();
    }

    private static TelemetryTopic Topic(string encoding) => new(WireForm.BatchContentType, encoding);
}
