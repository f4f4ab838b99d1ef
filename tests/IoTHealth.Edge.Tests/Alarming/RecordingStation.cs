using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Alarming;

/// <summary>What a nurse station heard.</summary>
internal sealed class RecordingStation
{
    private readonly Lock _lock = new();
    private readonly List<(Alarm, int)> _calls = [];
    private int _tries;

    public bool Down { get; set; }

    public int Tries => Volatile.Read(ref _tries);

    public IReadOnlyList<(Alarm Alarm, int Attempt)> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public void Hear(Alarm alarm, int attempt)
    {
        Interlocked.Increment(ref _tries);
        if (Down)
        {
            throw new IOException("nobody is there");
        }

        lock (_lock)
        {
            _calls.Add((alarm, attempt));
        }
    }
}

internal sealed class StationChannel(string name, RecordingStation station, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time)
    : CallChannel(name, journal, desk, registry, time, NullLogger.Instance)
{
    protected override Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation)
    {
        using var document = System.Text.Json.JsonDocument.Parse(body);
        Assert.Equal(deviceKey, document.RootElement.GetProperty("device").GetString());
        station.Hear(alarm, document.RootElement.GetProperty("attempt").GetInt32());
        return Task.CompletedTask;
    }
}
