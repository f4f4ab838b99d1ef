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
        if (isCalling())
        {
            AddUnheard(problems);
        }

        if (configuration?.Trouble is { } wrong)
        {
            problems.Add(wrong);
        }

        return problems;
    }

    // While the disk takes nothing the journal may not be open at all: that too is an answer, and no failure to answer.
    private void AddUnheard(List<string> problems)
    {
        try
        {
            if (journal.Query(CallTables.Unheard) is > 0 and var unheard)
            {
                problems.Add($"{unheard} calls reached nobody yet");
            }
        }
        catch (Exception e) when (e is IOException or Microsoft.Data.Sqlite.SqliteException)
        {
            problems.Add($"the journal cannot be read: {e.Message}");
        }
    }
}
