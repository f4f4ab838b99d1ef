using CsCheck;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.DBus;

public sealed class MarshallingTests
{
    [Fact]
    public void What_is_written_is_read_again() =>
        Values.Any.Array[0, 6].Where(Fits).Sample(typed => Assert.True(IsKept(typed)), iter: 3_000);

    // Bytes worked by hand from the specification.
    [Theory]
    [InlineData("yu", "05 000000 78563412")]
    [InlineData("s", "03000000 666F6F 00")]
    [InlineData("v", "01 6E 00 00 FEFF")]
    [InlineData("ax", "08000000 00000000 0100000000000000")]
    [InlineData("a{sv}", "10000000 00000000 01000000 6B 00 01 62 00 000000 01000000")]
    public void Bytes_are_the_specification_s(string signature, string hex)
    {
        object[] values = signature switch
        {
            "yu" => [(byte)5, 0x12345678u],
            "s" => ["foo"],
            "v" => [new Variant("n", (short)-2)],
            "ax" => [new[] { 1L }],
            _ => [new Dictionary<string, object> { ["k"] = true }],
        };
        var writer = new BusWriter();
        writer.WriteAll(signature, values);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_big_endian_peer_is_understood()
    {
        var bytes = Convert.FromHexString("0000000A" + "00000000" + "0000000101020304");
        var reader = new BusReader(bytes.AsMemory(0, 4), 0, bigEndian: true);
        Assert.Equal(10, reader.Read("i"));
        Assert.Equal(0x0000000101020304UL, new BusReader(bytes, 8, bigEndian: true).Read("t"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("()")]
    [InlineData("(i")]
    [InlineData("{sv}")]
    [InlineData("a{sv")]
    [InlineData("a{vs}")]
    [InlineData("a{s}")]
    [InlineData("a{sii}")]
    [InlineData("z")]
    [InlineData("i)")]
    public void Bad_signatures_are_none(string signature) => Assert.Null(TypeText.Split(signature));

    [Fact]
    public void Signatures_nest_as_deep_as_allowed_and_no_deeper()
    {
        Assert.NotNull(TypeText.Split(new string('a', 32) + "i"));
        Assert.Null(TypeText.Split(new string('a', 33) + "i"));
        Assert.NotNull(TypeText.Split(new string('(', 32) + "i" + new string(')', 32)));
        Assert.Null(TypeText.Split(new string('(', 33) + "i" + new string(')', 33)));
        Assert.Null(TypeText.Split(new string('i', 256)));
    }

    [Fact]
    public void Variants_in_variants_end_at_a_bound()
    {
        static byte[] Nested(int depth) => [.. Enumerable.Repeat(new byte[] { 1, (byte)'v', 0 }, depth).SelectMany(bytes => bytes), 1, (byte)'y', 0, 7];

        Assert.Equal((byte)7, new BusReader(Nested(60), 0, bigEndian: false).Read("v"));
        Assert.Throws<BusFormatException>(() => new BusReader(Nested(100_000), 0, bigEndian: false).Read("v"));
    }

    [Theory]
    [InlineData("b", "02000000")]
    [InlineData("s", "04000000 666F6F 00")]
    [InlineData("s", "03000000 666F6F 01")]
    [InlineData("s", "03000000 66006F 00")]
    [InlineData("s", "02000000 C328 00")]
    [InlineData("s", "FFFFFFFF 00")]
    [InlineData("o", "03000000 666F6F 00")]
    [InlineData("g", "01 7A 00")]
    [InlineData("v", "00 00")]
    [InlineData("v", "02 6969 00 00000000 00000000")]
    [InlineData("ai", "05000000 01000000 02000000")]
    [InlineData("ay", "FFFFFFFF")]
    [InlineData("ai", "FFFFFF7F 00000000")]
    [InlineData("as", "06000000 05000000 6161616161 00")]
    [InlineData("t", "00000000")]
    public void Bad_values_are_refused(string type, string hex) =>
        Assert.Throws<BusFormatException>(() => new BusReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 0, bigEndian: false).Read(type));

    [Fact]
    public void Wrong_values_are_not_written()
    {
        static void Refused(string signature, params object[] values) =>
            Assert.ThrowsAny<ArgumentException>(() => new BusWriter().WriteAll(signature, values));

        Refused("i", 5u);
        Refused("s", "a\0b");
        Refused("s", "\uD800");
        Refused("o", new ObjectPath("no/path/"));
        Refused("g", new Signature("a"));
        Refused("v", new object());
        Refused("v", new Variant("ii", 1));
        Refused("(is)", [new object[] { 1 }]);
        Refused("ii", 1);
        Refused("a{sv}", [new object[] { 1 }]);
        Refused("as", "text");
    }

    [Fact]
    public void Any_bytes_are_a_message_or_a_refusal()
    {
        var valid = Envelope.Write(new BusMessage
        {
            Type = BusMessageType.Signal,
            Serial = 7,
            Path = "/org/bluez/hci0",
            Interface = "org.freedesktop.DBus.Properties",
            Member = "PropertiesChanged",
            Signature = "sa{sv}as",
            Body = ["org.bluez.Adapter1", new Dictionary<string, object> { ["Powered"] = true, ["Uuids"] = new[] { "1", "2" } }, new[] { "x" }],
        });
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[1, 6].Sample(
            changes =>
            {
                var bytes = valid.ToArray();
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                ReadOrRefuse(bytes);
            },
            iter: 50_000);
        Gen.Byte.Array[0, 200].Sample(ReadOrRefuse, iter: 20_000);
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            if (Envelope.LengthOf(bytes) is { } length && length <= bytes.Length)
            {
                Envelope.Read(bytes.AsMemory(0, length))?.Open();
            }
        }
        catch (BusFormatException)
        {
            // Any other exception fails the test.
        }
    }

    private static bool Fits(Typed[] typed) => TypeText.Split(string.Concat(typed.Select(one => one.Type))) is not null;

    private static bool IsKept(Typed[] typed)
    {
        var message = new BusMessage
        {
            Type = BusMessageType.Signal,
            Serial = 1,
            Path = "/a",
            Interface = "a.b",
            Member = "C",
            Signature = string.Concat(typed.Select(one => one.Type)),
            Body = [.. typed.Select(one => one.Value)],
        };
        var bytes = Envelope.Write(message);
        Assert.Equal(bytes.Length, Envelope.LengthOf(bytes));
        var read = Envelope.Read(bytes)!.Open();
        return read with { Body = message.Body } == message && Values.Same(message.Body, read.Body);
    }
}
