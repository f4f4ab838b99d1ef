using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <content>What the writer thread does.</content>
internal sealed partial class JournalLoop
{
    private void Run()
    {
        var group = new List<Waiting>(_options.MaximumGroup);
        while (Take(group))
        {
            _underWay = [.. group];
            Handle(group);
            _underWay = [];
            KeepWithinBounds();
        }
    }

    // What waits, or nothing where there is other work; false once it is closed and nothing waits.
    private bool Take(List<Waiting> group)
    {
        group.Clear();
        while (true)
        {
            Volatile.Write(ref _awake, 0);
            Interlocked.MemoryBarrier();
            while (group.Count < _options.MaximumGroup && _waiting.TryDequeue(out var waiting))
            {
                group.Add(waiting);
            }

            if (group.Count > 0 || (_space.HasMoreToDo && _session is not null && !_closing))
            {
                return true;
            }

            if (_closing)
            {
                return false;
            }

            _wake.WaitOne();
        }
    }

    private void Handle(List<Waiting> group)
    {
        if (_session is null && !Reopen())
        {
            group.ForEach(Refuse);
            return;
        }

        foreach (var waiting in group.Where(waiting => waiting.Work is not null))
        {
            Attempt([waiting], () => waiting.Work!(_session!.Writer));
        }

        Write([.. group.Where(waiting => waiting.Write is not null)]);
    }

    private void Write(List<Waiting> group)
    {
        var admitted = new List<Waiting>(group.Count);
        foreach (var waiting in group)
        {
            if (_session is null)
            {
                Refuse(waiting);
            }
            else if (_space.Refusal(waiting.Write!) is { } reason)
            {
                waiting.Failed(new IOException(reason));
            }
            else
            {
                admitted.Add(waiting);
            }
        }

        if (admitted.Count > 0)
        {
            WriteAdmitted(admitted);
        }
    }

    private void WriteAdmitted(List<Waiting> group)
    {
        List<IReadOnlyList<long>>? positions = null;
        try
        {
            positions = _session!.Writer.Write([.. group.Select(waiting => waiting.Write!)]);
        }
        catch (SqliteException e) when (e.IsFull() && _space.Release())
        {
            LogFull(_options.Log);
            Write(group);
            return;
        }
        catch (Exception e) when (group.Count > 1 && !_session!.Writer.IsLost && e is not SqliteException { SqliteErrorCode: not 1 and not 19 })
        {
            // One bad write must not take its neighbours with it: each by itself.
            group.ForEach(waiting => Write([waiting]));
            return;
        }
        catch (Exception e)
        {
            Fail(group, e);
            return;
        }

        _failure = null;
        Publish();
        for (var i = 0; i < group.Count; i++)
        {
            group[i].Done(positions[i]);
        }
    }

    private void Attempt(IReadOnlyList<Waiting> group, Action work)
    {
        try
        {
            if (_session is null)
            {
                Refuse(group[0]);
                return;
            }

            work();
            Publish();
            foreach (var waiting in group)
            {
                waiting.Done([]);
            }
        }
        catch (Exception e)
        {
            Fail(group, e);
        }
    }

    private void Fail(IReadOnlyList<Waiting> group, Exception e)
    {
        _failure = e.Message;
        _isSuspect |= e is SqliteException damage && damage.IsDamage();
        if (e is SqliteException sqlite && sqlite.NeedsReopening() || _session!.Writer.IsLost)
        {
            Break(e.Message);
        }

        var told = e as IOException ?? new IOException($"{_options.Folder}: {e.Message}", e);
        foreach (var waiting in group)
        {
            waiting.Failed(told);
        }
    }

    private void Refuse(Waiting waiting) => waiting.Failed(new IOException($"{_options.Folder}: the journal cannot be written: {_broken}"));

    private void KeepWithinBounds()
    {
        if (_session is not { } session)
        {
            return;
        }

        try
        {
            _space.KeepWithin(session);
            Publish();
        }
        catch (Exception e)
        {
            if (e is SqliteException full && full.IsFull())
            {
                _space.Release();
            }

            Fail([], e);
        }
    }

    private void Break(string reason)
    {
        LogBroken(_options.Log, reason);
        _broken = reason;
        var session = _session;
        _session = null;
        Close(session);
    }

    private bool Reopen()
    {
        try
        {
            var session = _open(_isSuspect, true);
            try
            {
                BeginAnewWhereCut(session);
            }
            catch
            {
                Close(session);
                throw;
            }

            (_session, _broken, _isSuspect) = (session, null, false);
            LogReopened(_options.Log, session.Writer.Head);
            Publish();
            return true;
        }
        catch (Exception e)
        {
            _broken = e.Message;
            return false;
        }
    }

    // A position that was told to be durable, and may have been sent, must not be given to another entry under the same name.
    private void BeginAnewWhereCut(JournalSession session)
    {
        var (head, published) = (session.Writer.Head, _state.Head);
        if (head < published)
        {
            var reason = $"position {published} was written, and the file opened again ends at {head}";
            LogBeginsAnew(_options.Log, head, reason);
            session.Writer.Transact(rows => rows.BeginAnew(head, reason));
        }
    }

    private void Close(JournalSession? session)
    {
        try
        {
            session?.Dispose();
        }
        catch (Exception e)
        {
            LogBroken(_options.Log, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "The disk is full: only alarms are written from now on, readings are not being stored")]
    private static partial void LogFull(ILogger logger);

    [LoggerMessage(LogLevel.Error, "The journal cannot be written and is opened again: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The journal can be written again, from position {Head} on")]
    private static partial void LogReopened(ILogger logger, long head);
}
