using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Tracing;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Sends what the cloud does not have, session after session. One loop owns the intervals; messages are under way beside it and
/// report back by completing.
/// </summary>
internal sealed partial class Sender(
    IJournal journal, Acknowledged acknowledged, IUplinkTransport transport, int? kilobitsPerSecond, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan SettlePause = TimeSpan.FromSeconds(1);

    private readonly SendingOrder _order = new(journal, acknowledged);
    private readonly BatchMaker _maker = new(journal);
    private readonly Suspects _suspects = new(time);
    private readonly LinePace _pace = new(time);
    private readonly Bandwidth _bandwidth = new(kilobitsPerSecond, time);
    private readonly Dictionary<Task, Flight> _underWay = [];

    /// <summary>What the cloud has and could not be written down yet, for the disk refused.</summary>
    private readonly IntervalSet _unsettled = new();

    private (Portion Portion, Task<Outgoing> Making)? _preparing;

    /// <summary>Whether anything was acknowledged in this session.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>Sends until the session breaks.</summary>
    /// <param name="closing">
    /// Completes when the session is to end: nothing more is sent, and what is under way is waited for. Fails when it has ended by itself.
    /// </param>
    /// <exception cref="Exception">The session broke.</exception>
    public async Task RunAsync(Task closing, CancellationToken cancellation)
    {
        Begin();
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (!closing.IsCompleted || _underWay.Count > 0)
            {
                var head = journal.Head;
                var takenBack = acknowledged.TakenBack;
                if (!closing.IsCompleted)
                {
                    Fill(head, session.Token);
                }

                await WaitAsync(head, takenBack, closing, session.Token);
                if (takenBack.IsCompleted)
                {
                    _order.LookForAlarmsAnew();
                }

                await LandAsync();
            }

            await closing;
        }
        catch (Exception e)
        {
            await session.CancelAsync();
            await BreakAsync(e, isOurs: cancellation.IsCancellationRequested);
            throw;
        }
    }

    private void Begin()
    {
        HasPassed = false;
        _preparing = null;
        _pace.Begin();
        _order.Begin(journal.Head, _suspects.Held.Concat(_unsettled));
    }

    private void Fill(long head, CancellationToken cancellation)
    {
        while (Next(head) is { } next)
        {
            _order.Take(next.All);
            _order.Count(next.Lane);
            _underWay.Add(SendOneAsync(next, cancellation), new Flight(next, time.GetTimestamp()));
        }
    }

    // A task of its own for each: a transport may well return one and the same completed task twice.
    private async Task<Outgoing> SendOneAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        if (outgoing.Packed is not { } packed)
        {
            return outgoing;
        }

        if (!outgoing.IsMessage)
        {
            var position = outgoing.Sent[0].From;
            await SetAsideAsync(position, $"the entry at position {position} has {packed.Body.Length} bytes, more than a message to the cloud holds");
        }
        else
        {
            using var span = GatewayTrace.BeginBatch(outgoing.Sent.SelectMany(Positions));
            _bandwidth.Send(packed.Body.Length);
            await transport.SendAsync(packed, cancellation);
        }

        return outgoing;
    }

    private static IEnumerable<long> Positions(Interval run)
    {
        for (var position = run.From; position <= run.To; position++)
        {
            yield return position;
        }
    }

    private async Task WaitAsync(long head, Task takenBack, Task closing, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> waits = [.. _underWay.Keys];
        if (!closing.IsCompleted)
        {
            waits.AddRange([closing, takenBack, journal.WaitBeyondAsync(head, over.Token)]);
        }

        if (_preparing is { Making.IsCompleted: false } preparing)
        {
            waits.Add(preparing.Making);
        }

        TimeSpan?[] pauses = [_bandwidth.Wait, _suspects.Wait, _unsettled.Runs > 0 ? SettlePause : null];
        if (pauses.Where(pause => pause > TimeSpan.Zero).Min() is { } pause)
        {
            waits.Add(Task.Delay(pause, time, over.Token));
        }

        await Task.WhenAny(waits);
        await over.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task LandAsync()
    {
        var landed = _underWay.Where(pair => pair.Key.IsCompletedSuccessfully).ToList();
        foreach (var (task, flight) in landed)
        {
            _underWay.Remove(task);
            if (flight.Outgoing is { IsMessage: true, Packed: { } packed })
            {
                _pace.Succeeded(packed.Body.Length, flight.Began);
            }

            _suspects.Passed(flight.Outgoing);
            HasPassed |= flight.Outgoing.IsMessage;
            foreach (var run in flight.Outgoing.All)
            {
                _unsettled.Add(run.From, run.To);
            }
        }

        await SettleAsync();
        if (_underWay.Keys.FirstOrDefault(task => task.IsCompleted) is { } failed)
        {
            await failed;
        }
    }

    // A disk that refuses must not make us send everything again and again.
    private async Task SettleAsync()
    {
        if (_unsettled.Runs == 0)
        {
            return;
        }

        List<Interval> runs = [.. _unsettled];
        try
        {
            await acknowledged.SettleAsync(runs);
            _order.Release(runs);
            _unsettled.Clear();
            _order.Advance(journal.Head);
        }
        catch (IOException e)
        {
            LogNotSettled(logger, e.Message);
        }
    }

    private async Task BreakAsync(Exception failure, bool isOurs)
    {
        await Task.WhenAll(_underWay.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var (task, flight) in _underWay)
        {
            if (task.IsCompletedSuccessfully)
            {
                flight.Outgoing.All.ToList().ForEach(run => _unsettled.Add(run.From, run.To));
            }
            else if (!isOurs && _suspects.Failed(flight.Outgoing, failure) is { } position)
            {
                await SetAsideAsync(position, $"the hub breaks the session whenever the entry at position {position} is sent, and takes others in between");
            }
        }

        _underWay.Clear();
        await SettleAsync();
    }

    private async Task SetAsideAsync(long position, string reason)
    {
        LogSetAside(logger, reason);
        await acknowledged.SetAsideAsync(position, reason);
    }

    [LoggerMessage(LogLevel.Error, "Set aside and not sent: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "What the cloud has taken cannot be written down yet: {Reason}")]
    private static partial void LogNotSettled(ILogger logger, string reason);
}
