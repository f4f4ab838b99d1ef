namespace IoTHealth.Devices.Tests.Links.Bluetooth;

public sealed class ConnectionSlotTests
{
    [Fact]
    public async Task A_third_device_waits_for_one_of_two_places()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { ConnectionsPerAdapter = 2 });
        var devices = Enumerable.Range(1, 4).Select(number => room.Device(number)).ToArray();
        // The first in the queue is out of reach: it keeps nobody waiting.
        var absent = room.Central.ConnectAsync(CentralRoom.Address(9), CancellationToken.None);
        Array.ForEach(devices, device => device.Advertise());
        await using var first = await room.ConnectAsync(1);
        await using var second = await room.ConnectAsync(2);

        var third = room.ConnectAsync(3);
        var fourth = room.ConnectAsync(4);
        // Something else happens on the bus, and neither is asked for.
        await first.ReadAsync(CentralRoom.Serial, CancellationToken.None);
        Assert.Equal((0, 0), (devices[2].Calls.Count, devices[3].Calls.Count));

        // A place is free when its connection has ended, whoever ended it; who waited longer comes first.
        await first.DisposeAsync();
        await using var connected = await third;
        Assert.False(devices[0].IsConnected);
        Assert.Empty(devices[3].Calls);
        devices[1].Drop();
        await using var last = await fourth;
        Assert.False(absent.IsCompleted);
    }

    [Fact]
    public async Task The_adapter_that_hears_best_is_taken_until_it_is_full()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { ConnectionsPerAdapter = 1 }, "hci0", "hci1");
        var (near, far) = (room.Device(1, "hci1"), room.Device(1));
        near.Advertise(-40);
        far.Advertise(-80);
        var (nearer, other) = (room.Device(2, "hci1"), room.Device(2));
        nearer.Advertise(-30);
        other.Advertise(-70);

        await using var first = await room.ConnectAsync(1);
        Assert.True(near.IsConnected);
        await using var second = await room.ConnectAsync(2);
        Assert.Equal((false, true), (nearer.IsConnected, other.IsConnected));
    }

    [Fact]
    public async Task A_named_adapter_is_kept_to()
    {
        await using var room = await CentralRoom.OpenAsync(null, "hci0", "hci1");
        var (near, far) = (room.Device(1, "hci1"), room.Device(1));
        near.Advertise(-40);
        far.Advertise(-80);
        await using var peripheral = await room.ConnectAsync(CentralRoom.Address(1) with { Adapter = "hci0" });
        Assert.Equal((false, true), (near.IsConnected, far.IsConnected));
    }
}
