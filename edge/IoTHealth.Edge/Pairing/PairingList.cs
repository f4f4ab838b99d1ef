using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Pairing;

/// <summary>
/// Devices that tried to be heard and are not registered, for staff to pair. Bounded: whoever tries many names pushes out names that were
/// tried once, on its own kind of link. Written every few seconds, so that a storm of strangers costs the disk nothing. Never a password.
/// </summary>
public sealed partial class PairingList(IJournal journal, DeviceRegistry registry, TimeProvider time, ILogger<PairingList> logger) : BackgroundService
{
    /// <summary>Strangers remembered of each kind of link.</summary>
    public const int MaximumOfALink = 50;

    private const int TextMaximum = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Link, string Told), Stranger> _strangers =
        journal.Query(PairingTable.Load).ToDictionary(one => (one.Link, one.Told));

    private bool _changed;

    /// <summary>Those who are not registered by now, the latest first.</summary>
    public IReadOnlyList<Stranger> Current
    {
        get
        {
            lock (_lock)
            {
                return [.. _strangers.Values.Where(one => !IsRegistered(one, registry)).OrderByDescending(one => one.Last).ThenBy(one => one.Number)];
            }
        }
    }

    /// <summary>Notes a device that is not registered.</summary>
    /// <param name="link">Kind of link.</param>
    /// <param name="told">The identity it told, as it told it.</param>
    /// <param name="where">Where it was heard.</param>
    /// <param name="model">The model it told.</param>
    /// <param name="quarantine">Source under which its bytes lie in quarantine.</param>
    public void Note(string link, string told, string where, string model = "", string quarantine = "")
    {
        var now = time.GetUtcNow();
        var key = (link, Printable(told));
        lock (_lock)
        {
            if (_strangers.TryGetValue(key, out var known))
            {
                _strangers[key] = known with { Last = now, Times = known.Times + 1, Where = Printable(where), Model = Printable(model), Quarantine = quarantine };
            }
            else
            {
                MakeRoom(link);
                var number = _strangers.Values.Select(one => one.Number).DefaultIfEmpty().Max() + 1;
                _strangers[key] = new Stranger(number, link, key.Item2, Printable(model), Printable(where), now, now, 1, quarantine);
            }

            _changed = true;
        }
    }

    /// <summary>Writes what is new; durable on return.</summary>
    public async Task StoreAsync()
    {
        List<Stranger> strangers;
        lock (_lock)
        {
            if (!_changed)
            {
                return;
            }

            (strangers, _changed) = ([.. _strangers.Values], false);
        }

        try
        {
            await journal.WriteAsync(new JournalWrite { Rows = (connection, _) => PairingTable.Store(connection, strangers) });
        }
        catch (IOException e)
        {
            LogNotStored(logger, e.Message);
            lock (_lock)
            {
                _changed = true;
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StoreAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Backoff.WaitAsync(Interval, time, stoppingToken);
            await StoreAsync();
        }
    }

    private void MakeRoom(string link)
    {
        var ofLink = _strangers.Where(one => one.Key.Link == link).ToList();
        if (ofLink.Count >= MaximumOfALink)
        {
            _strangers.Remove(ofLink.OrderBy(one => one.Value.Times > 1).ThenBy(one => one.Value.Last).First().Key);
        }
    }

    /// <summary>Whether it is registered by now.</summary>
    internal static bool IsRegistered(Stranger one, DeviceRegistry registry) => one.Link switch
    {
        "mqtt" => registry.Find(one.Told) is not null || registry.FindStation(one.Told) is not null,
        "bluetooth" => registry.Devices.OfType<GattDevice>().Any(device => device.Radio.Address.Equals(one.Told, StringComparison.OrdinalIgnoreCase)),
        _ => registry.Devices.Any(device => device.Context.Serial.Equals(one.Told, StringComparison.OrdinalIgnoreCase)),
    };

    private static string Printable(string text) =>
        new([.. text.Take(TextMaximum).Select(letter => char.IsLetterOrDigit(letter) || " -_.:/#".Contains(letter) ? letter : '?')]);

    [LoggerMessage(LogLevel.Warning, "The list of devices to be paired could not be written and will be tried again: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string reason);
}
