using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// The calls that are in memory because the journal cannot take them: bounded, one for each rule and device, and gone once
/// they are stored. Which alarms were here is remembered, so that none is told anew. Thread-safe.
/// </summary>
public sealed class UnstoredCalls(TimeProvider time)
{
    private const int CallsMaximum = 1_000;
    private const int RememberedMaximum = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<MeasurementId, UnstoredCall> _calls = [];
    private readonly HashSet<MeasurementId> _remembered = [];
    private readonly Queue<MeasurementId> _inOrder = [];

    /// <summary>Opens a call in place of the open one of its rule and device; nothing happens where it was here before.</summary>
    /// <returns>Whether somebody must be told.</returns>
    public bool Open(Alarm alarm, TimeSpan repeat)
    {
        lock (_lock)
        {
            if (!Remember(alarm.Id) || alarm.History)
            {
                return false;
            }

            var former = _calls.Values.Where(call => call.Alarm.Rule == alarm.Rule && call.Alarm.Device == alarm.Device && call.AcknowledgedBy is null);
            foreach (var replaced in former.Select(call => call.Alarm.Id).ToList())
            {
                _calls.Remove(replaced);
            }

            if (_calls.Count >= CallsMaximum)
            {
                _calls.Remove((_calls.Values.FirstOrDefault(call => call.AcknowledgedBy is not null) ?? _calls.Values.First()).Alarm.Id);
            }

            _calls[alarm.Id] = new UnstoredCall(alarm, repeat);
            return true;
        }
    }

    /// <summary>Silences a call; false where it is not here.</summary>
    public bool Acknowledge(MeasurementId alarm, string by)
    {
        lock (_lock)
        {
            if (!_calls.TryGetValue(alarm, out var call))
            {
                return false;
            }

            (call.AcknowledgedBy, call.AcknowledgedAt) = (call.AcknowledgedBy ?? by, call.AcknowledgedAt ?? time.GetUtcNow());
            return true;
        }
    }

    /// <summary>Who has taken on an alarm that is being stored; null for nobody.</summary>
    public Acknowledgement? AcknowledgementOf(MeasurementId alarm)
    {
        lock (_lock)
        {
            return _calls.TryGetValue(alarm, out var call) ? Storable(call).Acknowledgement : null;
        }
    }

    /// <summary>A call that is here, as somebody was first called for it; null where it is not here.</summary>
    internal StorableCall? Find(MeasurementId alarm)
    {
        lock (_lock)
        {
            return _calls.TryGetValue(alarm, out var call) ? Storable(call) : null;
        }
    }

    /// <summary>Everything that is here, in the order in which it came.</summary>
    internal IReadOnlyList<StorableCall> ToStore()
    {
        lock (_lock)
        {
            return [.. _calls.Values.Select(Storable)];
        }
    }

    /// <summary>Lets go of what is stored: the outbox has it now.</summary>
    public void Stored(IEnumerable<MeasurementId> alarms)
    {
        lock (_lock)
        {
            foreach (var alarm in alarms)
            {
                Remember(alarm);
                _calls.Remove(alarm);
            }
        }
    }

    /// <summary>The calls as people look at them.</summary>
    public IReadOnlyList<(Call Call, Alarm Alarm)> List()
    {
        lock (_lock)
        {
            return
            [
                .. _calls.Values.Select(call => (
                    new Call(call.Alarm.Id, 0, History: false, call.AcknowledgedBy, call.AcknowledgedAt, call.Attempts, call.IsDelivered), call.Alarm)),
            ];
        }
    }

    /// <summary>Takes what a channel owes now, the newest first; each is under way until it is noted.</summary>
    internal IReadOnlyList<(Alarm Alarm, int Attempt)> TakeDue(string channel)
    {
        lock (_lock)
        {
            var due = _calls.Values.Where(call => call.AcknowledgedBy is null && call.On(channel).IsDue(time)).Reverse().ToList();
            due.ForEach(call => call.On(channel).IsUnderWay = true);
            return [.. due.Select(call => (call.Alarm, ++call.On(channel).Attempts))];
        }
    }

    /// <summary>Notes a delivery that was tried.</summary>
    internal void Note(string channel, MeasurementId alarm, bool delivered, Func<int, TimeSpan> retry)
    {
        lock (_lock)
        {
            if (_calls.TryGetValue(alarm, out var call))
            {
                var telling = call.On(channel);
                telling.IsUnderWay = false;
                telling.IsDelivered |= delivered;
                telling.Last = (time.GetTimestamp(), delivered ? call.Repeat : retry(telling.Attempts - 1));
            }
        }
    }

    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count == 0;
            }
        }
    }

    private static StorableCall Storable(UnstoredCall call) => new(
        call.Alarm, call.Repeat, call.Told,
        call is { AcknowledgedBy: { } by, AcknowledgedAt: { } at } ? new Acknowledgement(call.Alarm.Id, by, at) : null);

    private bool Remember(MeasurementId alarm)
    {
        if (!_remembered.Add(alarm))
        {
            return false;
        }

        _inOrder.Enqueue(alarm);
        if (_inOrder.Count > RememberedMaximum)
        {
            _remembered.Remove(_inOrder.Dequeue());
        }

        return true;
    }
}
