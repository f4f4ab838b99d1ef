using IoTHealth.Links.Bluetooth;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>What a device tells before anybody has asked is kept, whatever becomes of the connection.</summary>
public sealed class EarlyValueTests
{
    [Fact]
    public async Task What_was_told_before_the_device_went_is_there_for_who_subscribes_after()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        device.Indicate([1]);
        device.Drop();
        await Assert.ThrowsAsync<IOException>(() => ReadUntilGoneAsync(peripheral));

        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        await ComesAndEndsAsync(values, 1);
        await Assert.ThrowsAsync<IOException>(() => peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None));
    }

    [Fact]
    public async Task A_device_that_goes_while_it_is_asked_to_notify_has_told_what_it_told()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        var never = new TaskCompletionSource();
        device.Notifying = () =>
        {
            device.Indicate([1]);
            device.Drop();
            return never.Task;
        };
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None).WaitAsync(CentralRoom.Patience);
        await ComesAndEndsAsync(values, 1);
    }

    [Fact]
    public async Task A_refused_subscription_costs_no_value()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Connecting = () =>
        {
            device.Indicate([1]);
            return Task.CompletedTask;
        };
        device.Notifying = () => throw new BusException("org.bluez.Error.NotPermitted", "Not permitted");
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        await Assert.ThrowsAsync<IOException>(() => peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None));
        device.Notifying = () => Task.CompletedTask;
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        Assert.Equal([1], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
    }

    [Fact]
    public async Task What_was_told_before_the_services_were_known_is_kept_for_the_next_connection()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Connecting = () =>
        {
            device.Indicate([1]);
            device.Drop();
            throw new BusException("org.bluez.Error.Failed", "le-connection-abort-by-local");
        };
        device.Advertise();
        await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        device.Connecting = () => Task.CompletedTask;
        await ComesNextAsync(room, device, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_bonded_device_tells_between_two_connections_is_kept(bool isBonded)
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        if (!isBonded)
        {
            device.Pairing = () => throw new BusException("org.bluez.Error.AuthenticationFailed", "Authentication Failed");
        }

        device.Advertise();
        await (await room.ConnectAsync(1)).DisposeAsync();
        device.Indicate([1]);
        // A signal of another device's: all before it has been heard.
        room.Device(2).Advertise();
        await (await room.ConnectAsync(2)).DisposeAsync();
        await ComesNextAsync(room, device, isBonded ? [1, 2] : [2]);
    }

    [Fact]
    public async Task What_comes_from_who_does_not_pair_is_nobody_s()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Pairing = () =>
        {
            device.ResolveServices();
            device.Indicate([1]);
            throw new BusException("org.bluez.Error.AuthenticationTimeout", "Authentication Timeout");
        };
        device.Advertise();
        await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        device.Pairing = () => Task.CompletedTask;
        await ComesNextAsync(room, device, 2);
    }

    private static async Task ComesNextAsync(CentralRoom room, ScriptedDevice device, params byte[] before)
    {
        await using var peripheral = await room.ConnectAsync(1);
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        device.Indicate([2]);
        foreach (var expected in before.Append((byte)2).Distinct())
        {
            Assert.Equal([expected], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
        }
    }

    private static async Task ComesAndEndsAsync(System.Threading.Channels.ChannelReader<GattValue> values, byte expected)
    {
        Assert.Equal([expected], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
        await Assert.ThrowsAsync<IOException>(async () => await values.WaitToReadAsync().AsTask().WaitAsync(CentralRoom.Patience));
    }

    private static async Task ReadUntilGoneAsync(BluezPeripheral peripheral)
    {
        while (true)
        {
            await peripheral.ReadAsync(CentralRoom.Serial, CancellationToken.None).WaitAsync(CentralRoom.Patience);
        }
    }
}
