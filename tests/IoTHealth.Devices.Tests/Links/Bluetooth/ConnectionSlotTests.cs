using IoTHealth.Links.Bluetooth;

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

    [Fact]
    public async Task Whose_last_attempt_failed_lets_the_others_go_first_and_one_connects_at_a_time()
    {
        var slots = new ConnectionSlots(5);
        BluezDevice[] ways = [new("/org/bluez/hci0/dev_1") { Rssi = -50 }];
        var first = await slots.TakeAsync("1", () => ways, false, CancellationToken.None);
        var failed = slots.TakeAsync("2", () => ways, true, CancellationToken.None);
        var fresh = slots.TakeAsync("3", () => ways, false, CancellationToken.None);
        Assert.True(slots.IsConnecting("/org/bluez/hci0"));
        Assert.False(fresh.IsCompleted);

        first.Turn.Dispose();
        var second = await fresh.WaitAsync(CentralRoom.Patience);
        Assert.False(failed.IsCompleted);
        // A place that is given back gives the turn back as well.
        second.Dispose();
        await failed.WaitAsync(CentralRoom.Patience);
    }

    [Fact]
    public async Task A_quiet_connection_gives_its_place_to_a_device_that_waits()
    {
        await using var room = await CentralRoom.OpenAsync(
            options => options with { ConnectionsPerAdapter = 2, QuietBeforeGivingPlace = TimeSpan.FromMilliseconds(300) });
        var devices = Enumerable.Range(1, 3).Select(number => room.Device(number)).ToArray();
        // The first is busy: it is asked something and takes long.
        var answer = new TaskCompletionSource<byte[]>();
        devices[0].Reading = () => answer.Task;
        Array.ForEach(devices[..2], device => device.Advertise());
        await using var busy = await room.ConnectAsync(1);
        var reading = busy.ReadAsync(CentralRoom.Serial, CancellationToken.None);
        await using var quiet = await room.ConnectAsync(2);
        var values = await quiet.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        devices[1].Indicate([1]);

        Assert.Null(room.Central.Waiting("C0:26:DA:00:00:03"));
        var third = room.ConnectAsync(3);
        Assert.Null(room.Central.Waiting("C0:26:DA:00:00:03"));
        devices[2].Advertise();
        await CentralRoom.HoldsAsync("the reason", () => room.Central.Waiting("c0:26:da:00:00:03") == "waiting for a free connection");
        await using var connected = await third;
        Assert.Null(room.Central.Waiting("C0:26:DA:00:00:03"));
        Assert.Equal((true, false, true), (devices[0].IsConnected, devices[1].IsConnected, devices[2].IsConnected));
        Assert.Equal([1], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
        var gone = await Assert.ThrowsAsync<IOException>(async () => await values.WaitToReadAsync().AsTask().WaitAsync(CentralRoom.Patience));
        Assert.Contains("gave its place to another device", gone.Message, StringComparison.Ordinal);
        answer.SetResult([1]);
        await reading;
    }

    [Fact]
    public async Task Nobody_gives_its_place_when_nobody_waits_for_it()
    {
        await using var room = await CentralRoom.OpenAsync(
            options => options with { ConnectionsPerAdapter = 1, QuietBeforeGivingPlace = TimeSpan.FromMilliseconds(50) }, "hci0", "hci1");
        var (device, other) = (room.Device(1), room.Device(2, "hci1"));
        device.Advertise();
        other.Advertise();
        await using var first = await room.ConnectAsync(1);
        var absent = room.Central.ConnectAsync(CentralRoom.Address(9), CancellationToken.None);
        for (var round = 0; round < 20; round++)
        {
            // The other adapter's comings and goings.
            await using var second = await room.ConnectAsync(2);
            await CentralRoom.HoldsAsync("being heard again", () => room.Bluez.Calls.Count > 3 * round);
        }

        Assert.True(device.IsConnected);
        Assert.False(absent.IsCompleted);
    }
}
