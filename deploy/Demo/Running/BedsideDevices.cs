using IoTHealth.Demo.Facilities;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Running;

/// <summary>The simulators of the medical devices at the beds, and the private D-Bus on which their Bluetooth is to be had.</summary>
public sealed class BedsideDevices : IAsyncDisposable
{
    // A transmitter that is told to stop first waits for the answer to what it sent.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly string _busFolder;
    private readonly StackProgram? _radio;
    private DbusDaemon? _bus;

    internal BedsideDevices(StackCommands commands, FacilityFolder folder, IReadOnlyList<BedsideDevice> devices)
    {
        _busFolder = folder.Path;
        _radio = devices.Any(device => device.Radio is not null) ? new StackProgram(commands.RadioDevices, Grace) : null;
        Programs = [.. commands.Meters().Concat(commands.Transmitters()).Select(command => new StackProgram(command, Grace)), .. Radio];
    }

    /// <summary>Every simulator; none in a facility of robots only.</summary>
    public IReadOnlyList<StackProgram> Programs { get; }

    private IEnumerable<StackProgram> Radio => _radio is null ? [] : [_radio];

    /// <summary>Starts the bus, so that the edge finds it.</summary>
    public async Task StartBusAsync()
    {
        if (_radio is not null)
        {
            _bus = await DbusDaemon.StartAsync(_busFolder);
        }
    }

    public Task StartAsync()
    {
        foreach (var program in Programs)
        {
            program.Start();
        }

        return Task.WhenAll(Programs.Select(program => program.ReadyAsync()));
    }

    public Task<int[]> StopAsync() => Task.WhenAll(Programs.Select(program => program.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
        {
            await _bus.DisposeAsync();
        }
    }
}
