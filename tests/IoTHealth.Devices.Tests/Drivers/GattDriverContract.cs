using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>What every driver of a Bluetooth LE device must hold, by its guarantee class.</summary>
public abstract class GattDriverContract
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private protected static readonly DateTimeOffset Today = new(2026, 11, 24, 3, 12, 5, TimeSpan.Zero);

    protected GattDriverContract() => Driver = NewDriver();

    private protected FakeTimeProvider Time { get; } = new(Today);

    /// <summary>The driver of the test. It may remember a device from one connection to the next.</summary>
    private protected IGattDriver Driver { get; private set; }

    private protected abstract DeviceContext Device { get; }

    /// <summary>Readings the device holds.</summary>
    private protected abstract int Readings { get; }

    /// <summary>Values the device sends in one whole connection.</summary>
    private protected abstract int Values { get; }

    /// <summary>A driver that knows no device yet.</summary>
    private protected abstract IGattDriver NewDriver();

    /// <summary>A device that holds everything. What it does with a connection may change what it holds.</summary>
    private protected abstract IDeviceDouble NewDevice();

    /// <summary>The same device with a clock that nobody has set, and with what it cannot say of it left out.</summary>
    private protected abstract IDeviceDouble NewDeviceWithoutClock();

    [Fact]
    public async Task Nothing_counts_as_read_before_it_is_durable()
    {
        var (device, sink) = (NewDevice(), new RecordingSink { Gate = new TaskCompletionSource() });
        var peripheral = device.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        var written = device.Requests(peripheral);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(sink.Measurements);
        Assert.False(running.IsCompleted);
        Assert.Equal(written, device.Requests(peripheral));
        sink.Gate.SetResult();
        await SeeAsync(sink, Readings);
        await PartAsync(peripheral, running);
    }

    // A device that forgets is kept until all of it is durable; another is asked again.
    [Fact]
    public async Task What_could_not_be_made_durable_is_tried_or_read_again()
    {
        var (device, sink) = (NewDevice(), new RecordingSink { Fails = true });
        var peripheral = device.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        if (Driver.Guarantee == GuaranteeClass.DetectOnly)
        {
            peripheral.Go();
            Time.Advance(TimeSpan.FromHours(1));
            sink.Fails = false;
            await SeeAsync(sink, Readings);
        }

        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
        Assert.Equal(Driver.Guarantee == GuaranteeClass.DetectOnly ? Readings : 0, sink.Measurements.Count);
        sink.Fails = false;
        await TalkAsync(device, sink, Readings);
    }

    [Fact]
    public async Task A_connection_repeated_adds_nothing()
    {
        var sink = new RecordingSink();
        for (var time = 0; time < 3; time++)
        {
            await TalkAsync(NewDevice(), sink, Readings);
        }

        Assert.Equal(Readings, sink.Measurements.Count);
    }

    [Fact]
    public async Task A_connection_cut_at_any_value_loses_and_doubles_nothing()
    {
        for (var cut = 0; cut <= Values; cut++)
        {
            Driver = NewDriver();
            var (device, sink) = (NewDevice(), new RecordingSink());
            await CutAsync(device, sink, cut);
            await TalkAsync(device, sink, Readings);
            Assert.Equal(Readings, sink.Measurements.Count);
        }
    }

    [Fact]
    public async Task What_the_device_sent_before_it_went_is_stored()
    {
        for (var cut = 0; cut <= Values; cut++)
        {
            Driver = NewDriver();
            var (device, sink) = (NewDevice(), new RecordingSink());
            await CutAsync(device, sink, cut);
            Assert.Equal(device.ReadingsAmong(cut), sink.Measurements.Count);
        }
    }

    [Fact]
    public async Task Garbage_between_values_is_refused_and_the_rest_goes_on()
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        device.Garbage = [0x1F, 0xFF];
        await TalkAsync(device, sink, Readings);
        Assert.Equal(Readings, sink.Measurements.Count);
        var refused = sink.Refusals.Where(refusal => refusal.Raw.Span.SequenceEqual(device.Garbage)).ToList();
        Assert.True(refused.Count >= Readings);
        Assert.All(refused, refusal => Assert.NotEmpty(refusal.Reason));
    }

    [Fact]
    public async Task It_stops_within_a_second()
    {
        using var stop = new CancellationTokenSource();
        var (device, sink) = (NewDevice(), new RecordingSink());
        var running = Driver.RunAsync(device.Connect(), Device, sink, stop.Token);
        await SeeAsync(sink, Readings);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task It_stops_while_the_device_is_silent_and_while_the_disk_is()
    {
        using var stop = new CancellationTokenSource();
        var silent = Driver.RunAsync(new MemoryPeripheral(), Device, new RecordingSink(), stop.Token);
        var stuck = Driver.RunAsync(NewDevice().Connect(), Device, new RecordingSink { Gate = new TaskCompletionSource() }, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent.WaitAsync(TimeSpan.FromSeconds(1)));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        var end = await Assert.ThrowsAnyAsync<Exception>(() => stuck.WaitAsync(TimeSpan.FromSeconds(1)));
        var isTold = end is IOException && end.Message.StartsWith($"{Readings} values that the device will not send again may be lost", StringComparison.Ordinal);
        Assert.True(Driver.Guarantee == GuaranteeClass.DetectOnly ? isTold : end is OperationCanceledException, end.ToString());
    }

    [Fact]
    public async Task A_clock_that_is_not_set_is_flagged_and_never_replaced()
    {
        var sink = new RecordingSink();
        await TalkAsync(NewDeviceWithoutClock(), sink, Readings);
        Assert.All(sink.Measurements, measurement =>
        {
            Assert.Null(measurement.Time);
            Assert.Contains("clock-not-set", measurement.Flags);
        });
    }

    [Fact]
    public async Task Another_device_at_this_address_is_never_taken_for_this_one()
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        peripheral.Readable[0x2A25] = "OTHER-7\0\0"u8.ToArray();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("refusals", () => sink.Refusals.Count >= Readings);
        Assert.Empty(sink.Measurements);
        Assert.All(sink.Refusals, refusal => Assert.Equal("the device at this address says serial OTHER-7, not the registered one", refusal.Reason));
        Assert.All(sink.Refusals, refusal => Assert.False(refusal.Raw.IsEmpty));
        await PartAsync(peripheral, running);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("20 20")]
    [InlineData("registered, lower case, filled up")]
    public async Task A_device_that_tells_no_other_serial_number_is_taken(string? serial)
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        if (serial is not null)
        {
            peripheral.Readable[0x2A25] = serial.Length > 5
                ? [.. System.Text.Encoding.UTF8.GetBytes(" " + Device.Serial.ToLowerInvariant()), 0, 0]
                : Convert.FromHexString(serial.Replace(" ", "", StringComparison.Ordinal));
        }

        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, Readings);
        await PartAsync(peripheral, running);
    }

    // The device before: what it told, if anything could be read. Only this one, at this address, vouches for it.
    [Theory]
    [InlineData(null, true)]
    [InlineData("", false)]
    [InlineData("OTHER-7", true)]
    [InlineData("registered", false)]
    [InlineData("registered, then OTHER-7", true)]
    [InlineData("registered, elsewhere", true)]
    public async Task A_device_whose_serial_number_cannot_be_read_is_a_stranger_until_it_was_known(string? before, bool isRefused)
    {
        foreach (var told in before?.Split(", then ") ?? [])
        {
            var known = NewDevice().Connect();
            known.Address = told.EndsWith("elsewhere", StringComparison.Ordinal) ? "C0:26:DA:00:00:77" : known.Address;
            known.Readable[0x2A25] = System.Text.Encoding.UTF8.GetBytes(told.StartsWith("registered", StringComparison.Ordinal) ? Device.Serial : told);
            var earlier = Driver.RunAsync(known, Device, new RecordingSink(), CancellationToken.None);
            await PartAsync(known, earlier);
        }

        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        peripheral.Readable[0x2A25] = null;
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("values", () => sink.Measurements.Count + sink.Refusals.Count >= Readings);
        Assert.Equal(isRefused, sink.Measurements.Count == 0);
        Assert.Equal(isRefused, sink.Refusals.Count > 0);
        Assert.All(sink.Refusals, refusal => Assert.Equal("the serial number of the device at this address could not be read", refusal.Reason));
        Assert.All(sink.Refusals, refusal => Assert.False(refusal.Raw.IsEmpty));
        await PartAsync(peripheral, running);
    }

    // A device that hangs up as soon as it has sent what it holds can be asked for nothing more.
    [Theory]
    [InlineData(null)]
    [InlineData("OTHER-7")]
    public async Task The_serial_number_is_asked_before_the_device_may_hang_up(string? other)
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect(goesAfter: 1);
        peripheral.Readable[0x2A25] = System.Text.Encoding.UTF8.GetBytes(other ?? Device.Serial);
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the end", () => running.IsCompleted);
        Assert.Equal(other is null ? device.ReadingsAmong(1) : 0, sink.Measurements.Count);
        Assert.Equal(
            other is null ? [] : ["the device at this address says serial OTHER-7, not the registered one"], sink.Refusals.Select(refusal => refusal.Reason));
        await PartAsync(peripheral, running);
    }

    [Fact]
    public void It_is_in_the_catalogue_by_its_name() =>
        Assert.IsType(Driver.GetType(), DriverCatalog.Load().Gatt[Driver.Name.Split('/')[0]]);

    /// <summary>One whole connection.</summary>
    private protected async Task<MemoryPeripheral> TalkAsync(IDeviceDouble device, RecordingSink sink, int readings)
    {
        var peripheral = device.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, readings);
        await UntilAsync("the end of the talk", () => device.IsDone(peripheral));
        await PartAsync(peripheral, running);
        return peripheral;
    }

    private protected Task SeeAsync(RecordingSink sink, int readings) => UntilAsync("all readings", () => sink.Measurements.Count >= readings);

    /// <summary>Lets time pass, a second at a look, until the condition holds.</summary>
    private protected Task UntilAsync(string what, Func<bool> holds) => Eventually.SeesAsync(
        what,
        _ =>
        {
            var held = holds();
            Time.Advance(TimeSpan.FromSeconds(held ? 0 : 1));
            return Task.FromResult(held);
        },
        held => held,
        Patience,
        TimeSpan.FromMilliseconds(2));

    private protected static async Task PartAsync(MemoryPeripheral peripheral, Task running)
    {
        peripheral.Go();
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
    }

    private async Task CutAsync(IDeviceDouble device, RecordingSink sink, int cut)
    {
        var peripheral = device.Connect(cut);
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the cut", () => running.IsCompleted || device.IsDone(peripheral));
        await PartAsync(peripheral, running);
    }
}
