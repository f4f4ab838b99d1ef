using IoTHealth.Documents;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Configuration;

/// <summary>
/// The configuration in force. A change is checked whole before anything is touched, reaches only the parts that differ, and is taken
/// back where a part fails.
/// </summary>
public sealed partial class RunningConfiguration(
    EdgeConfiguration start, DeviceRegistry registry, IEnumerable<IReconfigurable> parts, ILogger<RunningConfiguration> logger) : IDisposable
{
    private readonly IReconfigurable[] _parts = [.. parts];
    private readonly SemaphoreSlim _turn = new(1);

    private volatile EdgeConfiguration _current = start;

    public EdgeConfiguration Current => _current;

    /// <summary>Brings the gateway to a configuration, or leaves it as it was.</summary>
    /// <returns>False when nothing differs: no part was touched.</returns>
    /// <exception cref="DocumentException">It cannot be used; the message names line and reason, and what was in force goes on.</exception>
    /// <exception cref="IOException">A part failed; the others were brought back.</exception>
    public async Task<bool> ApplyAsync(EdgeConfiguration now, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var changed = ConfigurationChange.Between(_current, now);
            if (changed.Count == 0)
            {
                _current = now;
                return false;
            }

            if (changed.FirstOrDefault(ConfigurationChange.NeedsRestart) is { } section)
            {
                throw now.Mistake($"/{section}", $"'{section}' differs from what the gateway was started with; that needs a restart with the box's own file");
            }

            await SwapAsync(now, ConfigurationFiles.Checked(now, registry.Catalog), changed);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task SwapAsync(EdgeConfiguration now, RegistrySnapshot snapshot, IReadOnlyList<string> changed)
    {
        var before = _current;
        registry.Replace(snapshot);
        for (var done = 0; done < _parts.Length; done++)
        {
            try
            {
                await _parts[done].ApplyAsync(now);
            }
            catch (Exception e)
            {
                await TakeBackAsync(before, done);
                throw new IOException($"{_parts[done].GetType().Name} could not take it up, and what was in force is in force again: {e.Message}", e);
            }
        }

        _current = now;
        LogApplied(logger, string.Join(", ", changed));
    }

    // The one that failed may have got half-way: it is brought back too.
    private async Task TakeBackAsync(EdgeConfiguration before, int failed)
    {
        registry.Replace(registry.Read(before));
        for (var part = failed; part >= 0; part--)
        {
            try
            {
                await _parts[part].ApplyAsync(before);
            }
            catch (Exception e)
            {
                LogNotTakenBack(logger, _parts[part].GetType().Name, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The configuration was changed: {Sections}")]
    private static partial void LogApplied(ILogger logger, string sections);

    [LoggerMessage(LogLevel.Critical, "{Part} could not be brought back to the configuration that was in force; restart the gateway: {Reason}")]
    private static partial void LogNotTakenBack(ILogger logger, string part, string reason);
}
