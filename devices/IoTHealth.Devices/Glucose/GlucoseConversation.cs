using System.Threading.Channels;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.Glucose;

/// <summary>
/// One connection with a meter: asks its Record Access Control Point, one request at a time, and stores what comes meanwhile.
/// Notifications and the response may overtake each other, so a report is over only some time after its response.
/// </summary>
/// <param name="peripheral">The meter.</param>
/// <param name="values">What it sends.</param>
/// <param name="records">Decoder of this connection.</param>
/// <param name="store">Makes an upload durable.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class GlucoseConversation(
    IGattPeripheral peripheral,
    ChannelReader<GattValue> values,
    GlucoseRecords records,
    Func<DecodedUpload, CancellationToken, ValueTask> store,
    TimeProvider time)
{
    private const int ValuesAtOnce = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromMilliseconds(500);

    private byte _asked;
    private RecordAccess? _answer;

    /// <summary>Reads what the meter holds beyond the mark, or everything where that is not certain to be all that is new.</summary>
    /// <returns>The new mark, or null where the meter holds nothing, or its memory is such that only reading everything is certain.</returns>
    /// <exception cref="IOException">The meter has gone, is silent or refuses, or something could not be made durable.</exception>
    public async Task<MeterMark?> ReadMemoryAsync(MeterMark? mark, CancellationToken cancellation)
    {
        if (mark?.IsUsable(time) == true && await MoveAsync(mark, cancellation) is { } moved)
        {
            return moved;
        }

        var begun = time.GetTimestamp();
        var answer = await ReportAsync(RecordAccess.ReportAll(), cancellation);
        return answer switch
        {
            { IsSuccess: true } => await MarkAsync(begun, cancellation),
            { IsNothingFound: true } => null,
            _ => throw new IOException($"the meter does not report its memory: {answer.Name}"),
        };
    }

    /// <summary>Stores what the meter sends of itself, for some time or until it goes.</summary>
    public async Task ListenAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        while (duration - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            var isContextWaiting = records.WaitingContexts.Count > 0;
            if (!await TakeAsync(isContextWaiting ? Grace : left, cancellation) && isContextWaiting)
            {
                await SettleContextsAsync(cancellation);
            }
        }
    }

    /// <summary>A context may belong to a measurement of an earlier connection: asks for that once more.</summary>
    private async Task SettleContextsAsync(CancellationToken cancellation)
    {
        await ReportAsync(RecordAccess.ReportFrom(records.WaitingContexts.Min()), cancellation);
        if (records.WaitingContexts.Count > 0)
        {
            await store(records.RefuseWaiting(), cancellation);
        }
    }

    /// <returns>The mark after what is new, or null where it does not explain what the meter holds.</returns>
    private async Task<MeterMark?> MoveAsync(MeterMark mark, CancellationToken cancellation)
    {
        if (!(await ReportAsync(RecordAccess.ReportFrom(mark.Last.Sequence), cancellation)).IsSuccess)
        {
            return null;
        }

        var reported = records.Reported;
        return (await ReportAsync(RecordAccess.ReportFirst(), cancellation)).IsSuccess
            && records.Reported is [var first]
            && await CountAsync(cancellation) is { } count
            ? mark.Moved(reported, first, count)
            : null;
    }

    /// <returns>The mark after a report of everything; null where the meter holds more, or numbers that do not follow the time.</returns>
    private async Task<MeterMark?> MarkAsync(long begun, CancellationToken cancellation)
    {
        var reported = records.Reported;
        var isInOrder = reported.Zip(reported.Skip(1)).All(pair => !pair.Second.BaseTime.IsBefore(pair.First.BaseTime));
        return await CountAsync(cancellation) is { } count && count <= reported.Count && reported.Count > 0 && isInOrder
            ? new MeterMark(reported[^1], reported[0], count, begun)
            : null;
    }

    private async Task<uint?> CountAsync(CancellationToken cancellation) =>
        (await AskAsync(RecordAccess.CountAll(), cancellation) as RecordAccess.Count)?.Number;

    private async Task<RecordAccess.Response> ReportAsync(byte[] request, CancellationToken cancellation)
    {
        records.BeginReport();
        if (await AskAsync(request, cancellation) is not RecordAccess.Response response)
        {
            throw new IOException("the meter counts instead of reporting");
        }

        while (response.IsSuccess && await TakeAsync(Grace, cancellation))
        {
            // Late records are stored like any.
        }

        return response;
    }

    private async Task<RecordAccess> AskAsync(byte[] request, CancellationToken cancellation)
    {
        (_asked, _answer) = (request[0], null);
        try
        {
            await peripheral.WriteAsync(GlucoseService.ControlPoint, request, cancellation);
            while (_answer is null)
            {
                if (!await TakeAsync(Patience, cancellation))
                {
                    await AbortAsync();
                    throw new IOException($"the meter has said nothing for {Patience.TotalSeconds} s");
                }
            }

            return _answer;
        }
        catch (OperationCanceledException)
        {
            await AbortAsync();
            throw;
        }
    }

    private async Task AbortAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(AbortPatience, time);
            await peripheral.WriteAsync(GlucoseService.ControlPoint, RecordAccess.Abort(), bound.Token).WaitAsync(bound.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // A courtesy: the connection ends anyway.
        }
    }

    /// <summary>Waits for values and stores all that are there.</summary>
    /// <returns>False when none came within the time.</returns>
    private async Task<bool> TakeAsync(TimeSpan patience, CancellationToken cancellation)
    {
        if (!await HasValuesAsync(patience, cancellation))
        {
            return false;
        }

        var (taken, refusals) = (new List<GattValue>(), new List<Refusal>());
        for (var count = 0; count < ValuesAtOnce && values.TryRead(out var value); count++)
        {
            if (value.Characteristic != GlucoseService.ControlPoint)
            {
                taken.Add(value);
            }
            else if (!TryAnswer(value.Value, out var mistake))
            {
                refusals.Add(new Refusal(mistake, value.Value));
            }
        }

        var upload = records.Read(taken);
        upload = upload with { Refusals = [.. upload.Refusals, .. refusals] };
        if (upload.Measurements.Count + upload.Refusals.Count > 0)
        {
            await store(upload, cancellation);
        }

        return true;
    }

    private async Task<bool> HasValuesAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await values.WaitToReadAsync(either.Token) ? true : throw new IOException("the meter has gone");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // A response to what was asked before, or by nobody, says nothing about the request under way.
    private bool TryAnswer(ReadOnlyMemory<byte> value, out string mistake)
    {
        if (!RecordAccess.TryRead(value.Span, out var message, out mistake))
        {
            mistake = $"record access: {mistake}";
            return false;
        }

        if (message is RecordAccess.Request)
        {
            mistake = "record access: a request from the meter";
            return false;
        }

        var isAnswer = message is RecordAccess.Response response ? response.RequestOpCode == _asked : _asked == RecordAccess.CountAll()[0];
        _answer = isAnswer ? message : _answer;
        return true;
    }
}
