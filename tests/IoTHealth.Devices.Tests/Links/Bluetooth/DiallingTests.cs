using System.Diagnostics;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>How devices that do not answer, or are not there any more, keep away from those that are.</summary>
public sealed class DiallingTests
{
    [Fact]
    public async Task An_adapter_connects_with_one_device_at_a_time()
    {
        await using var room = await CentralRoom.OpenAsync();
        var (busy, most) = (0, 0);
        var devices = Enumerable.Range(1, 4).Select(number => room.Device(number)).ToArray();
        foreach (var device in devices)
        {
            device.Pairing = () => WorkAsync();
            device.Connecting = () => WorkAsync();
            device.Advertise();
        }

        var connected = await Task.WhenAll(Enumerable.Range(1, 4).Select(room.ConnectAsync));
        Assert.Equal((1, 4), (most, connected.Length));

        async Task WorkAsync()
        {
            most = Math.Max(most, Interlocked.Increment(ref busy));
            // A round trip on the bus: time in which another one could begin.
            await room.Bluez.Bus.CallAsync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames", CancellationToken.None);
            Interlocked.Decrement(ref busy);
        }
    }

    [Fact]
    public async Task A_pairing_that_hangs_does_not_use_up_the_time_of_a_neighbour()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(800) });
        var (hanging, neighbour) = (room.Device(1), room.Device(2));
        var never = new TaskCompletionSource();
        hanging.Pairing = () => never.Task;
        hanging.Advertise();
        var late = Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        await CentralRoom.HoldsAsync("the pairing", () => !hanging.Calls.IsEmpty);
        neighbour.Advertise();
        await using var peripheral = await room.ConnectAsync(2);
        Assert.Contains("pairing with C0:26:DA:00:00:01 took longer than 0.8 s", (await late).Message, StringComparison.Ordinal);
        Assert.Single(neighbour.Calls, call => call == "Connect");
    }

    [Fact]
    public async Task A_device_that_fell_silent_is_not_dialled_until_it_is_heard_again()
    {
        // Discovery does not end here: BlueZ goes on telling the last strength.
        await using var room = await CentralRoom.OpenAsync(options => options with { DiscoveryRestart = TimeSpan.FromHours(1) });
        await CentralRoom.HoldsAsync("discovery", () => room.Bluez.Get("hci0", "Discovering"));
        var device = room.Device(1);
        device.Advertise();
        await using (await room.ConnectAsync(1))
        {
            device.FallSilent();
            device.Drop();
        }

        var calls = device.Calls.Count;
        var again = room.ConnectAsync(1);
        // The signal of another device's coming has been heard after all of the first.
        room.Device(2).Advertise();
        await using (await room.ConnectAsync(2))
        {
            Assert.Equal(calls, device.Calls.Count);
        }

        device.Hear();
        await using var peripheral = await again;
    }

    [Fact]
    public async Task A_device_that_failed_is_not_dialled_until_it_is_heard_again()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { DiscoveryRestart = TimeSpan.FromHours(1) }, "hci0", "hci1");
        await CentralRoom.HoldsAsync("discovery", () => room.Bluez.Get("hci0", "Discovering") && room.Bluez.Get("hci1", "Discovering"));
        var (device, far) = (room.Device(1), room.Device(1, "hci1"));
        device.IsPaired = true;
        device.Connecting = () => throw new BusException("org.bluez.Error.Failed", "le-connection-abort-by-local");
        device.Advertise();
        far.Advertise(-90);
        await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        var calls = device.Calls.Count;
        var again = room.ConnectAsync(1);
        room.Device(2).Advertise();
        await using (await room.ConnectAsync(2))
        {
            Assert.Equal((calls, 0), (device.Calls.Count, far.Calls.Count));
        }

        device.Connecting = () => Task.CompletedTask;
        device.Hear();
        await using var peripheral = await again;
    }

    [Fact]
    public async Task Discovery_is_begun_anew_while_devices_are_dialled_without_end()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        var never = new TaskCompletionSource();
        device.IsPaired = true;
        device.Connecting = () => never.Task;
        device.Advertise();
        using var stop = new CancellationTokenSource();
        var dialling = room.Central.ConnectAsync(CentralRoom.Address(1), stop.Token);
        await CentralRoom.HoldsAsync("the dial", () => device.Calls.Contains("Connect"));
        var begun = Begun(room);
        await CentralRoom.HoldsAsync("two beginnings", () => Begun(room) >= begun + 2);
        Assert.Equal(1, device.Calls.Count(call => call == "Connect"));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling.WaitAsync(CentralRoom.Patience));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_BlueZ_that_is_stuck()
    {
        await using var room = await CentralRoom.OpenAsync();
        var (connected, dialled) = (room.Device(1), room.Device(2));
        var never = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        connected.Advertise();
        var peripheral = await room.Central.ConnectAsync(CentralRoom.Address(1), stop.Token).WaitAsync(CentralRoom.Patience);
        dialled.Connecting = () => never.Task;
        dialled.Disconnecting = connected.Disconnecting = () => never.Task;
        dialled.Advertise();
        var dialling = room.Central.ConnectAsync(CentralRoom.Address(2), stop.Token);
        await CentralRoom.HoldsAsync("the dial", () => dialled.Calls.Contains("Connect"));

        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling.WaitAsync(CentralRoom.Patience));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        watch.Restart();
        await peripheral.DisposeAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task A_BlueZ_that_is_stuck_is_met_anew()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { AnswerTimeout = TimeSpan.FromMilliseconds(200) });
        var device = room.Device(1);
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        var stuck = new TaskCompletionSource();
        room.Bluez.Answering = () => stuck.Task;
        await CentralRoom.HoldsAsync("the trouble while it looks for devices", () => HasNotAnswered("Discovery"));
        await CentralRoom.HoldsAsync("the trouble when it is met anew", () => HasNotAnswered("RegisterAgent"));
        await Assert.ThrowsAsync<IOException>(async () => await values.WaitToReadAsync().AsTask().WaitAsync(CentralRoom.Patience));
        await peripheral.DisposeAsync();

        room.Bluez.Answering = () => Task.CompletedTask;
        stuck.SetResult();
        await CentralRoom.HoldsAsync("the end of the trouble", () => room.Central.Trouble is null);
        await using var again = await room.ConnectAsync(1);

        bool HasNotAnswered(string member) => room.Central.Trouble is { } trouble
            && trouble.StartsWith("BlueZ has not answered", StringComparison.Ordinal) && trouble.Contains(member, StringComparison.Ordinal);
    }

    private static int Begun(CentralRoom room) => room.Bluez.Calls.Count(call => call == "hci0 StartDiscovery");
}
