using Google.Protobuf;
using IoTHealth.Measurements;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class WireFormBatchTests
{
    [Theory]
    [InlineData("1,2,3", true)]
    [InlineData("2,9", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("-1,1", false)]
    [InlineData("2,2", false)]
    [InlineData("3,2", false)]
    public void Positions_ascend_from_one(string positions, bool accepted)
    {
        var message = Message();
        foreach (var position in positions.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Entries.Add(new EntryMessage { Position = long.Parse(position, System.Globalization.CultureInfo.InvariantCulture), Id = Bytes(16) });
        }

        Assert.Equal(accepted, WireForm.TryDecodeBatch(message.ToByteArray(), out _, out _));
    }

    [Theory]
    [InlineData("", 16, 16, "no gateway")]
    [InlineData("gw", 0, 16, "no journal")]
    [InlineData("gw", 15, 16, "no journal")]
    [InlineData("gw", 16, 0, "id at position 1")]
    [InlineData("gw", 16, 17, "17 bytes")]
    public void Names_and_ids_are_there(string gateway, int journal, int id, string reason)
    {
        var message = Message();
        (message.Gateway, message.Journal) = (gateway, Bytes(journal));
        message.Entries.Add(new EntryMessage { Position = 1, Id = Bytes(id) });
        Assert.False(WireForm.TryDecodeBatch(message.ToByteArray(), out _, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    private static BatchMessage Message() => new() { Gateway = "gw", Journal = Bytes(16) };

    private static ByteString Bytes(int length) => ByteString.CopyFrom(new byte[length]);
}
