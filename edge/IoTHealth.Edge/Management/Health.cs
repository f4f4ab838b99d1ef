using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Management;

/// <summary>
/// Whether the gateway can do what lives hang on: keep readings and call. A cloud or an InfluxDB that is away is not a fault of
/// the gateway; <see cref="Readers"/> shows those.
/// </summary>
public sealed class Health(SqliteJournal journal, AlarmMonitor? alarms, CallChannels channels, Func<bool> isCalling, ConfigurationStatus? configuration = null)
{
    /// <summary>What is wrong, for people and supervisors; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (journal.Trouble is { } trouble)
        {
            problems.Add($"the journal cannot be written: {trouble}");
        }

        if (alarms is not null && (alarms.ExecuteTask is { IsCompleted: true } || alarms.State != JournalFollower.Following))
        {
            problems.Add($"alarms are not being judged: {alarms.State}");
        }

        problems.AddRange(channels.Current.Where(channel => channel.ExecuteTask is { IsCompleted: true }).Select(channel => $"the channel {channel.Name} has ended"));
        if (isCalling() && Unheard() is > 0 and var unheard)
        {
            problems.Add($"{unheard} calls reached nobody yet");
        }

        if (configuration?.Trouble is { } wrong)
        {
            problems.Add(wrong);
        }

        return problems;
    }

    private long Unheard()
    {
        try
        {
            return journal.Query(CallTables.Unheard);
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return 0;
        }
    }
}
