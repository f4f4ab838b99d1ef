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
    /// <returns>The new mark, or null where the meter holds nothing, or more than it told.</returns>
    /// <exception cref="IOException">The meter has gone, is silent or refuses, or something could not be made durable.</exception>
    public async Task<MeterMark?> ReadMemoryAsync(MeterMark? mark, CancellationToken cancellation)
    {
        if (mark is { IsUsable: true } && await ReportAsync(RecordAccess.ReportFrom(mark.Sequence), cancellation) is { IsSuccess: true })
        {
            var heard = records.Sequences.ToDictionary(one => one.Sequence, one => one.Raw);
            var isSameMemory = heard.TryGetValue(mark.Sequence, out var raw) && raw.Span.SequenceEqual(mark.Raw.Span);
            if (isSameMemory && await MarkAsync(mark.Count + (uint)heard.Count - 1, cancellation) is { } moved)
            {
                return moved;
            }
        }

        var answer = await ReportAsync(RecordAccess.ReportAll(), cancellation);
        return answer switch
        {
            { IsSuccess: true } => await MarkAsync((uint)records.Sequences.Count(), cancellation),
            { IsNothingFound: true } => null,
            _ => throw new IOException($"the meter does not report its memory: {answer.Name}"),
        };
    }

    /// <summary>Stores what the meter sends of itself, until it goes.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!await TakeAsync(records.WaitingContexts.Count > 0 ? Grace : Timeout.InfiniteTimeSpan, cancellation))
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

    /// <returns>The mark, where the meter holds no more records than are known.</returns>
    private async Task<MeterMark?> MarkAsync(uint known, CancellationToken cancellation)
    {
        var count = await AskAsync(RecordAccess.CountAll(), cancellation) as RecordAccess.Count;
        return count is not null && count.Number <= known && records.Sequences.Any()
            ? records.Sequences.Select(one => new MeterMark(one.Sequence, one.Raw, count.Number)).MaxBy(one => one.Sequence)
            : null;
    }

    private async Task<RecordAccess.Response> ReportAsync(byte[] request, CancellationToken cancellation)
    {
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
