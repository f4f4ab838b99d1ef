using IoTHealth.Links.DBus;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links.DBus;

/// <summary>A real dbus-daemon of a test's own, and connections to it.</summary>
internal sealed class PrivateBus : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TestFolder _folder;
    private readonly List<BusConnection> _connections = [];

    private PrivateBus(TestFolder folder, DbusDaemon daemon) => (_folder, Daemon) = (folder, daemon);

    public DbusDaemon Daemon { get; }

    public static async Task<PrivateBus> StartAsync()
    {
        var folder = new TestFolder("bus");
        return new PrivateBus(folder, await DbusDaemon.StartAsync(folder.Path));
    }

    public async Task<BusConnection> ConnectAsync()
    {
        var connection = await BusConnection.OpenAsync(Daemon.Address, CancellationToken.None);
        _connections.Add(connection);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await Daemon.DisposeAsync();
        _folder.Dispose();
    }
}
