using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

public sealed class PairingTests
{
    private const string Rejected = "org.bluez.Error.Rejected";

    [Fact]
    public async Task A_registered_device_gets_its_passkey()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        object? told = null;
        device.Pairing = async () => told = (await room.Bluez.AskAsync("RequestPasskey", "o", new ObjectPath(device.Path)))[0];
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(CentralRoom.Address(1) with { Passkey = 4711 });
        Assert.Equal(4711u, told);
        Assert.Equal("004711", (await room.Bluez.AskAsync("RequestPinCode", "o", new ObjectPath(device.Path)))[0]);
        Assert.DoesNotContain("4711", (CentralRoom.Address(1) with { Passkey = 4711 }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_without_a_passkey_is_confirmed()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Pairing = () => room.Bluez.AskAsync("RequestConfirmation", "ou", new ObjectPath(device.Path), 123456u);
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        Assert.Equal(Rejected, (await Assert.ThrowsAsync<BusException>(() => room.Bluez.AskAsync("RequestPasskey", "o", new ObjectPath(device.Path)))).Name);
    }

    [Fact]
    public async Task A_device_with_a_passkey_is_not_let_in_with_less()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Pairing = () => room.Bluez.AskAsync("RequestConfirmation", "ou", new ObjectPath(device.Path), 123456u);
        device.Advertise();
        var refused = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(CentralRoom.Address(1) with { Passkey = 4711 }));
        Assert.Contains(Rejected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Connect", device.Calls);
        Assert.DoesNotContain("4711", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RequestConfirmation", "ou")]
    [InlineData("RequestPasskey", "o")]
    [InlineData("RequestPinCode", "o")]
    [InlineData("RequestAuthorization", "o")]
    [InlineData("DisplayPasskey", "o")]
    public async Task A_stranger_is_refused(string question, string signature)
    {
        await using var room = await CentralRoom.OpenAsync();
        room.Device(1).Advertise();
        await using (await room.ConnectAsync(1))
        {
            await RefusedAsync(room, question, signature, "/org/bluez/hci0/dev_AA_BB_CC_DD_EE_FF");
        }

        // Nor is one that was registered, once nobody wants it.
        await RefusedAsync(room, question, signature, room.Device(1).Path);
    }

    [Fact]
    public async Task Nobody_but_BlueZ_is_answered()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.IsPaired = true;
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(CentralRoom.Address(1) with { Passkey = 4711 });
        var stranger = await room.Bus.ConnectAsync();
        var (owner, path, _) = room.Bluez.Agent!.Value;
        Assert.Equal(Rejected, (await Assert.ThrowsAsync<BusException>(() => stranger.CallAsync(
            owner, path, "org.bluez.Agent1", "RequestPasskey", "o", [new ObjectPath(device.Path)], CancellationToken.None))).Name);
    }

    [Fact]
    public async Task A_device_that_does_not_pair_is_read_unless_it_must()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Pairing = () => throw new BusException("org.bluez.Error.AuthenticationFailed", "Authentication Failed");
        device.Advertise();
        await using (await room.ConnectAsync(1))
        {
            Assert.True(device.IsConnected);
        }

        var refused = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(CentralRoom.Address(1) with { Passkey = 4711 }));
        Assert.Contains("AuthenticationFailed", refused.Message, StringComparison.Ordinal);
        Assert.False(device.IsConnected);
    }

    private static async Task RefusedAsync(CentralRoom room, string question, string signature, string device)
    {
        object[] body = signature == "ou" ? [new ObjectPath(device), 1u] : [new ObjectPath(device)];
        Assert.Equal(Rejected, (await Assert.ThrowsAsync<BusException>(() => room.Bluez.AskAsync(question, signature, body))).Name);
    }
}
