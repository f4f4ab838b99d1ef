namespace IoTHealth.Edge.Uplink;

/// <content>What goes next, and whether there is room for it.</content>
internal sealed partial class Sender
{
    private Outgoing? Next(long head)
    {
        if (_underWay.Values.Any(flight => flight.Outgoing.Lane == Lane.Trial))
        {
            return null;
        }

        // One more than the line has room for: an alarm never waits for a place.
        if (_underWay.Count <= _pace.UnderWay && _order.Alarms(head) is { } alarms)
        {
            var made = _maker.Make(alarms, head, BodyBytes);
            if (made.All.Sum(run => run.Count) < alarms.Runs.Sum(run => run.Count))
            {
                // What did not fit comes in the next message.
                _order.LookForAlarmsAnew();
            }

            return made;
        }

        if (_bandwidth.Wait > TimeSpan.Zero)
        {
            return null;
        }

        if (HasPassed && _suspects.Due() is not null)
        {
            return Trial(head);
        }

        var backlog = Prepared(head);
        return (_order.IsBacklogsTurn ? TakePrepared(backlog) : null) ?? Live(head) ?? TakePrepared(backlog) ?? Trial(head);
    }

    private int BodyBytes => Math.Min(_pace.BodyBytes, _bandwidth.BodyBytes);

    private Outgoing? Live(long head) =>
        _underWay.Count < _pace.UnderWay && _order.Live(head) is { } live ? _maker.Make(live, head, BodyBytes) : null;

    private Outgoing? Trial(long head) => _underWay.Count == 0 && _suspects.Due() is { } suspect ? _maker.Make(suspect, head, BodyBytes) : null;

    // Packing the backlog takes long enough that what is new should not wait for it.
    private Outgoing? Prepared(long head)
    {
        if (_preparing is null && _order.Backlog(head) is { } portion)
        {
            _order.Take(portion.Runs);
            var bodyBytes = BodyBytes;
            _preparing = (portion, Task.Run(() => _maker.Make(portion, head, bodyBytes)));
        }

        var isRoom = _underWay.Count < _pace.UnderWay && _underWay.Values.Count(flight => flight.Outgoing.Lane == Lane.Backlog) < _pace.UnderWay / 2;
        return isRoom && _preparing is { Making.IsCompleted: true } ready ? ready.Making.GetAwaiter().GetResult() : null;
    }

    private Outgoing? TakePrepared(Outgoing? backlog)
    {
        if (backlog is not null)
        {
            _order.Release(_preparing!.Value.Portion.Runs);
            _preparing = null;
        }

        return backlog;
    }
}
