using IoTHealth.Links.Bluetooth;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>Which bonds count.</summary>
public sealed class PairingBondTests
{
    private static readonly PeripheralAddress WithPasskey = CentralRoom.Address(1) with { Passkey = 4711 };

    [Fact]
    public async Task A_device_that_pairs_without_its_passkey_is_not_let_in_and_its_bond_is_removed()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Advertise();
        var refused = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(WithPasskey));
        Assert.Contains("without its passkey", refused.Message, StringComparison.Ordinal);
        Assert.Contains("hci0 RemoveDevice", room.Bluez.Calls);
        Assert.DoesNotContain("Connect", device.Calls);

        // It comes again, and proves itself.
        device.Pairing = () => AskAsync(room, device);
        await using var peripheral = await room.ConnectAsync(WithPasskey);
        Assert.True(device.IsConnected);
    }

    [Theory]
    [InlineData("DisplayPasskey", "ouq")]
    [InlineData("RequestConfirmation", "ou")]
    public async Task A_passkey_that_is_shown_proves_it_as_well(string question, string signature)
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        object[] body = [new ObjectPath(device.Path), 4711u, (ushort)0];
        device.Pairing = () => room.Bluez.AskAsync(question, signature, body[..signature.Length]);
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(WithPasskey);
        Assert.DoesNotContain("hci0 RemoveDevice", room.Bluez.Calls);
    }

    [Fact]
    public async Task A_bond_that_another_program_made_meanwhile_is_made_anew()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Pairing = () => throw new BusException("org.bluez.Error.AuthenticationFailed", "Authentication Failed");
        device.Advertise();
        await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(WithPasskey));

        device.PairElsewhere();
        IOException refused;
        var attempts = 0;
        do
        {
            // An attempt that begins before the bond was heard of tries to pair, which this device refuses.
            refused = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(WithPasskey));
        }
        while (refused.Message.Contains("AuthenticationFailed", StringComparison.Ordinal) && ++attempts < 5);

        Assert.Contains("not made with its passkey", refused.Message, StringComparison.Ordinal);
        device.Pairing = () => AskAsync(room, device);
        await using var peripheral = await room.ConnectAsync(WithPasskey);
        Assert.Equal(["Pair", "Connect"], device.Calls.Where(call => call != "Disconnect").TakeLast(2));
    }

    [Fact]
    public async Task A_bond_that_stood_at_the_start_and_one_made_with_the_passkey_are_kept()
    {
        await using var room = await CentralRoom.OpenAsync();
        var (old, made) = (room.Device(1), room.Device(2));
        old.IsPaired = true;
        made.Pairing = () => AskAsync(room, made);
        old.Advertise();
        made.Advertise();
        for (var round = 0; round < 2; round++)
        {
            await using var first = await room.ConnectAsync(WithPasskey);
            await using var second = await room.ConnectAsync(CentralRoom.Address(2) with { Passkey = 815 });
        }

        Assert.DoesNotContain("Pair", old.Calls);
        Assert.Single(made.Calls, call => call == "Pair");
        Assert.DoesNotContain("hci0 RemoveDevice", room.Bluez.Calls);
    }

    [Fact]
    public async Task Who_was_paired_once_is_not_read_unpaired()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Advertise();
        await using (await room.ConnectAsync(1))
        {
            Assert.True(device.IsConnected);
        }

        device.Unbond();
        device.Pairing = () => throw new BusException("org.bluez.Error.AuthenticationFailed", "Authentication Failed");
        var refused = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        Assert.Contains("AuthenticationFailed", refused.Message, StringComparison.Ordinal);
        Assert.False(device.IsConnected);
    }

    [Fact]
    public async Task The_adapter_that_it_is_paired_with_comes_before_the_one_that_hears_it_better()
    {
        await using var room = await CentralRoom.OpenAsync(null, "hci0", "hci1");
        var (paired, nearer) = (room.Device(1), room.Device(1, "hci1"));
        paired.IsPaired = true;
        paired.Advertise(-80);
        nearer.Advertise(-40);
        await using var peripheral = await room.ConnectAsync(1);
        Assert.Equal((true, false), (paired.IsConnected, nearer.IsConnected));
        Assert.Empty(nearer.Calls);
    }

    private static Task AskAsync(CentralRoom room, ScriptedDevice device) => room.Bluez.AskAsync("RequestPasskey", "o", new ObjectPath(device.Path));
}
