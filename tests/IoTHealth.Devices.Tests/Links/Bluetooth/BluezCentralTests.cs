using IoTHealth.Devices.Tests.Links.DBus;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

public sealed class BluezCentralTests
{
    [Fact]
    public async Task A_device_is_found_paired_connected_and_its_indications_come_in_order()
    {
        const int Count = 1_000;
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        var connecting = room.ConnectAsync(1);
        await CentralRoom.HoldsAsync("discovery", () => room.Bluez.Get("hci0", "Discovering"));
        device.Advertise();

        await using var peripheral = await connecting;
        Assert.Equal(("C0:26:DA:00:00:01", true, true), (peripheral.Address, device.IsConnected, device.IsTrusted));
        Assert.Equal((true, false), (peripheral.Has(CentralRoom.Pressure), peripheral.Has(GattUuid.Of(0x2A18))));
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        for (var number = 0; number < Count; number++)
        {
            device.Indicate(BitConverter.GetBytes(number));
        }

        for (var number = 0; number < Count; number++)
        {
            var value = await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience);
            Assert.Equal((CentralRoom.Pressure, number), (value.Characteristic, BitConverter.ToInt32(value.Value.Span)));
        }

        Assert.Equal(["Pair", "Connect", "StartNotify"], device.Calls);
        Assert.True(room.Bluez.Get("hci0", "Powered"));
        Assert.Null(room.Central.Trouble);
    }

    [Fact]
    public async Task Characteristics_are_read_and_written_and_refusals_name_the_error()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.IsPaired = true;
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);

        Assert.Equal("B-0001"u8.ToArray(), await peripheral.ReadAsync(CentralRoom.Serial, CancellationToken.None));
        await peripheral.WriteAsync(CentralRoom.Serial, new byte[] { 1, 2 }, CancellationToken.None);
        Assert.Equal([1, 2], device.Written);
        Assert.Equal(["Connect", "WriteValue request"], device.Calls);

        device.Reading = () => throw new BusException("org.bluez.Error.NotPermitted", "Read not permitted");
        var refused = await Assert.ThrowsAsync<IOException>(() => peripheral.ReadAsync(CentralRoom.Serial, CancellationToken.None));
        Assert.Contains("org.bluez.Error.NotPermitted", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => peripheral.ReadAsync(GattUuid.Of(0x2A18), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => room.ConnectAsync(1));
    }

    [Fact]
    public async Task Values_that_come_before_the_subscription_are_kept()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        // As BlueZ does with a known device: notifications are on before anybody asks.
        device.Notifying = () => throw new BusException("org.bluez.Error.Failed", "Already notifying");
        device.Connecting = () =>
        {
            device.Indicate([1]);
            return Task.CompletedTask;
        };
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        device.Indicate([2]);
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        device.Indicate([3]);

        for (byte expected = 1; expected <= 3; expected++)
        {
            Assert.Equal([expected], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
        }
    }

    [Theory]
    [InlineData("dropped")]
    [InlineData("removed")]
    [InlineData("BlueZ ended")]
    [InlineData("bus ended")]
    public async Task A_peripheral_that_goes_ends_all_that_waits_for_it(string how)
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<byte[]>();
        device.Reading = () =>
        {
            asked.SetResult();
            return never.Task;
        };
        device.Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
        device.Indicate([7]);
        var reading = peripheral.ReadAsync(CentralRoom.Serial, CancellationToken.None);
        await asked.Task.WaitAsync(CentralRoom.Patience);

        await (how switch
        {
            "dropped" => Task.Run(device.Drop),
            "removed" => Task.Run(device.Remove),
            "BlueZ ended" => room.Bluez.Bus.DisposeAsync().AsTask(),
            _ => room.Bus.Daemon.StopAsync(),
        });

        var second = TimeSpan.FromSeconds(1);
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(second));
        Assert.Equal([7], (await values.ReadAsync().AsTask().WaitAsync(second)).Value.ToArray());
        await Assert.ThrowsAsync<IOException>(async () => await values.WaitToReadAsync().AsTask().WaitAsync(second));
        await Assert.ThrowsAsync<IOException>(() => peripheral.WriteAsync(CentralRoom.Serial, new byte[1], CancellationToken.None).WaitAsync(second));
        await Assert.ThrowsAsync<IOException>(() => peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None).WaitAsync(second));
    }

    [Fact]
    public async Task A_device_that_comes_back_is_connected_with_again()
    {
        await using var room = await CentralRoom.OpenAsync();
        var device = room.Device(1);
        device.Advertise();
        for (var round = 0; round < 3; round++)
        {
            await using var peripheral = await room.ConnectAsync(1);
            var values = await peripheral.SubscribeAsync([CentralRoom.Pressure], CancellationToken.None);
            device.Indicate([9]);
            Assert.Equal([9], (await values.ReadAsync().AsTask().WaitAsync(CentralRoom.Patience)).Value.ToArray());
            device.Drop();
            await Assert.ThrowsAsync<IOException>(async () => await values.WaitToReadAsync().AsTask().WaitAsync(CentralRoom.Patience));
        }
    }

    [Fact]
    public async Task BlueZ_may_end_and_start_again()
    {
        await using var room = await CentralRoom.OpenAsync();
        room.Device(1).Advertise();
        var first = await room.ConnectAsync(1);
        await room.Bluez.Bus.DisposeAsync();
        await CentralRoom.HoldsAsync("the trouble", () => room.Central.Trouble == "BlueZ is not on the bus");
        await first.DisposeAsync();

        await room.StartBluezAsync();
        room.Device(1).Advertise();
        await using var second = await room.ConnectAsync(1);
        Assert.Equal("B-0001"u8.ToArray(), await second.ReadAsync(CentralRoom.Serial, CancellationToken.None));
        Assert.Equal("KeyboardDisplay", room.Bluez.Agent?.Capability);
    }

    [Fact]
    public async Task The_bus_may_end_and_start_again()
    {
        await using var room = await CentralRoom.OpenAsync();
        room.Device(1).Advertise();
        await using var first = await room.ConnectAsync(1);
        var waiting = room.Central.ConnectAsync(CentralRoom.Address(2), CancellationToken.None);
        await room.Bus.Daemon.StopAsync();
        await CentralRoom.HoldsAsync("the trouble", () => room.Central.Trouble is not null);
        await room.Bus.Daemon.StartAsync();

        await room.StartBluezAsync();
        room.Device(1).Advertise();
        room.Device(2).Advertise();
        await using var again = await room.ConnectAsync(1);
        await using var second = await waiting.WaitAsync(CentralRoom.Patience);
        Assert.Equal("C0:26:DA:00:00:02", second.Address);
    }

    [Fact]
    public async Task Discovery_is_begun_anew_until_the_device_is_seen()
    {
        await using var room = await CentralRoom.OpenAsync();
        var connecting = room.ConnectAsync(1);
        await CentralRoom.HoldsAsync("three beginnings", () => room.Bluez.Calls.Count(call => call == "hci0 StartDiscovery") >= 3);
        Assert.Equal(["hci0 SetDiscoveryFilter le", "hci0 StartDiscovery", "hci0 StopDiscovery"], room.Bluez.Calls.Take(3));
        room.Device(1).Advertise();
        await using var peripheral = await connecting;
    }

    [Fact]
    public async Task An_adapter_that_refuses_is_told_and_one_that_is_plugged_in_is_used()
    {
        await using var room = await CentralRoom.OpenAsync();
        room.Bluez.AddAdapter("hci1", _ => throw new BusException("org.bluez.Error.Failed", "Blocked by rfkill"));
        await CentralRoom.HoldsAsync("the trouble", () => room.Central.Trouble == "hci1: org.bluez.Error.Failed: Blocked by rfkill");
        room.Bluez.AddAdapter("hci2");
        room.Device(1, "hci2").Advertise();
        await using var peripheral = await room.ConnectAsync(1);
        await CentralRoom.HoldsAsync("power", () => room.Bluez.Get("hci2", "Powered"));
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_frees_its_place()
    {
        await using var room = await CentralRoom.OpenAsync(options => options with { ConnectionsPerAdapter = 1, ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        var device = room.Device(1);
        device.Connecting = () => new TaskCompletionSource().Task;
        device.Advertise();
        var late = await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1));
        Assert.Contains("0.3 s", late.Message, StringComparison.Ordinal);
        Assert.Contains("Disconnect", device.Calls);

        device.Connecting = () => throw new BusException("org.bluez.Error.Failed", "le-connection-abort-by-local");
        Assert.Contains("le-connection-abort", (await Assert.ThrowsAsync<IOException>(() => room.ConnectAsync(1))).Message, StringComparison.Ordinal);
        room.Device(2).Advertise();
        await using var other = await room.ConnectAsync(2);
    }

    [Fact]
    public async Task Without_a_bus_it_waits_and_says_so()
    {
        await using var central = new BluezCentral(
            new BluezOptions { Bus = "unix:path=/nonexistent/bus" }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System);
        await CentralRoom.HoldsAsync("the trouble", () => central.Trouble?.Contains("/nonexistent/bus", StringComparison.Ordinal) == true);
        using var cancelled = new CancellationTokenSource();
        var connecting = central.ConnectAsync(CentralRoom.Address(1), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(CentralRoom.Patience));
        Assert.Throws<FormatException>(() => new BluezCentral(
            new BluezOptions { Bus = "no bus" }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System));
    }
}
