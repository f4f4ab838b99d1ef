using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// What is to be sent next. Alarms first, then what is new, then what was left behind, and after three of what is new always one
/// of that, so that the backlog finishes. It goes oldest first: what has waited longest is what a full disk gives up first, and what the
/// cloud derives from it comes in order; how things are now tells the live lane.
/// </summary>
internal sealed class SendingOrder(IJournal journal, Acknowledged acknowledged)
{
    private const int AlarmsAtOnce = 500;
    private const int LiveBeforeBacklog = 3;

    private readonly Queue<long> _alarms = new();
    private readonly IntervalSet _taken = new();

    private long _alarmsSeen;
    private long _liveFrom;
    private int _live;

    /// <summary>Whether the next message is the backlog's by right, where there is any.</summary>
    public bool IsBacklogsTurn => _live >= LiveBeforeBacklog;

    /// <summary>A session begins: everything that was not acknowledged is open again, but for what is held apart.</summary>
    public void Begin(long head, IEnumerable<Interval> held)
    {
        _liveFrom = head + 1;
        _taken.Clear();
        Take(held);
        LookForAlarmsAnew();
    }

    /// <summary>Positions were taken back.</summary>
    public void LookForAlarmsAnew()
    {
        _alarms.Clear();
        _alarmsSeen = acknowledged.Prefix;
    }

    public void Take(IEnumerable<Interval> runs)
    {
        foreach (var run in runs)
        {
            _taken.Add(run.From, run.To);
        }
    }

    public void Release(IEnumerable<Interval> runs)
    {
        foreach (var run in runs)
        {
            _taken.Remove(run.From, run.To);
        }
    }

    /// <summary>A message of a lane goes out.</summary>
    public void Count(Lane lane) => _live = lane switch
    {
        Lane.Backlog => 0,
        Lane.Live => _live + 1,
        _ => _live,
    };

    public Portion? Alarms(long head)
    {
        FindAlarms(head);
        var runs = new IntervalSet();
        while (_alarms.TryPeek(out var position) && IsOneGeneration(runs, position, head))
        {
            _alarms.Dequeue();
            if (IsOpen(position))
            {
                runs.Add(position);
            }
        }

        return runs.Runs == 0 ? null : new Portion(Lane.Alarm, [.. runs]);
    }

    public Portion? Live(long head)
    {
        // Where more comes than the line holds, what does not fit into one message is backlog.
        _liveFrom = Math.Max(_liveFrom, head - BatchMaker.EntriesMaximum + 1);
        return _liveFrom <= head && acknowledged.FirstMissing(_liveFrom, head, _taken) is { } run ? new Portion(Lane.Live, [run]) : null;
    }

    public Portion? Backlog(long head)
    {
        var to = Math.Min(head, _liveFrom - 1);
        return to >= 1 && acknowledged.FirstMissing(1, to, _taken) is { } run
            ? new Portion(Lane.Backlog, [run with { To = Math.Min(run.To, run.From + BatchMaker.EntriesMaximum - 1) }])
            : null;
    }

    /// <summary>What was sent live has arrived, and what is asked for again of it is no news.</summary>
    public void Advance(long head) => _liveFrom = acknowledged.FirstMissing(_liveFrom, head, new IntervalSet())?.From ?? head + 1;

    private bool IsOpen(long position) => !acknowledged.Contains(position) && !_taken.Contains(position);

    private bool IsOneGeneration(IntervalSet runs, long position, long head) => runs.Runs == 0 ||
        position <= GenerationRange.Of(journal.Generations, runs.First().From, head).Last;

    private void FindAlarms(long head)
    {
        while (_alarms.Count == 0 && _alarmsSeen < head)
        {
            var found = journal.Query(connection =>
            {
                using var command = JournalTables.Command(
                    connection, "select position from entry where priority = 3 and position between $from and $to order by position limit $limit",
                    ("$from", _alarmsSeen + 1), ("$to", head), ("$limit", AlarmsAtOnce));
                using var rows = command.ExecuteReader();
                var positions = new List<long>();
                while (rows.Read())
                {
                    positions.Add(rows.GetInt64(0));
                }

                return positions;
            });
            found.Where(IsOpen).ToList().ForEach(_alarms.Enqueue);
            _alarmsSeen = found.Count < AlarmsAtOnce ? head : found[^1];
        }
    }
}
