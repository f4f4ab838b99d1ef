using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IoTHealth.Devices;
using IoTHealth.Devices.Pacemaker;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Reports;

/// <summary>
/// The front door for HL7 v2 reports: MLLP on TCP, with TLS 1.2 or later where a certificate is given. At the bound of connections
/// the one that has been quiet longest gives way, so that hostile or forgotten ones keep nobody out; while it has not gone, nobody
/// else is let in.
/// </summary>
public sealed partial class MllpListener(MllpDoor door, DriverCatalog catalog, ReportDesk desk, TimeProvider time, ILogger<MllpListener> logger)
    : BackgroundService
{
    /// <summary>Connections at a time.</summary>
    public const int ConnectionsMaximum = 32;

    /// <summary>Bytes of unanswered messages, all connections together.</summary>
    public const long BytesMaximum = 64 * 1024 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoingMaximum = TimeSpan.FromSeconds(1);

    private readonly IReportDriver _driver = catalog.Reports.Values.Single();
    private readonly MllpAllowance _allowance = new(BytesMaximum);
    private readonly TcpListener _listener = new(door.EndPoint);
    private readonly ConcurrentDictionary<MllpConnection, Task> _connections = new();

    /// <summary>Where it listens, once it has started.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new IOException($"mllp: cannot listen on {door.EndPoint}: {e.Message}");
        }

        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _listener.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested; failures++)
        {
            try
            {
                await AdmitAsync(await _listener.AcceptSocketAsync(stoppingToken), stoppingToken);
                failures = -1;
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException e)
            {
                LogNotAccepted(logger, e.Message);
                await Backoff.WaitAsync(Backoff.Of(failures, FirstPause, LongestPause), time, stoppingToken);
            }
        }

        await Task.WhenAll(_connections.Values);
    }

    private async Task AdmitAsync(Socket socket, CancellationToken stopping)
    {
        if (_connections.Count >= ConnectionsMaximum && !await MakeRoomAsync(stopping))
        {
            socket.Dispose();
            LogNotAccepted(logger, "there are too many, and the quietest has not gone yet");
            return;
        }

        var remote = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        var connection = new MllpConnection(socket, door.Certificate, _allowance, time, stopping);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, remote, begin.Task);
        begin.SetResult();
    }

    // The listener is the only one who lets in, so who waits here waits alone and the bound holds.
    private async Task<bool> MakeRoomAsync(CancellationToken stopping)
    {
        if (_connections.Keys.MinBy(connection => connection.LastHeard) is not { } quietest || !_connections.TryGetValue(quietest, out var serving))
        {
            return true;
        }

        quietest.Close();
        try
        {
            await serving.WaitAsync(GoingMaximum, time, stopping);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task ServeAsync(MllpConnection connection, string remote, Task begin)
    {
        await begin;
        try
        {
            await connection.ServeAsync(_driver, desk);
        }
        catch (OperationCanceledException)
        {
            LogEnded(logger, remote, "it was closed: the gateway stops, or it was quiet for too long");
        }
        catch (Exception e)
        {
            LogEnded(logger, remote, e.Message);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A report connection could not be accepted: {Reason}")]
    private static partial void LogNotAccepted(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "The report connection from {Remote} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string remote, string reason);
}
