namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Posts items together until each has an answer of its own. A refused transaction is halved down to the item that is
/// wrong. One that is answered 'later' is posted again for ever while the server takes nothing at all; where it takes
/// others, it is halved down to the item that is stuck, and that one is given up.
/// </summary>
/// <param name="post">Posts one transaction.</param>
/// <param name="takesOthers">Whether the server takes other transactions; the number is how many it had taken at the attempt before.</param>
/// <param name="taken">How many transactions the server has taken.</param>
/// <param name="time">For the waits.</param>
internal sealed class TransactionQueue<T>(
    Func<T[], CancellationToken, Task<FhirAnswer>> post, Func<long, CancellationToken, Task<bool>> takesOthers, Func<long> taken,
    TimeProvider time)
{
    /// <summary>HTTP answers 'later' in a row before a transaction is suspected.</summary>
    private const int LatersMaximum = 8;

    /// <summary>The halves of a suspect are suspected sooner; a single item never is.</summary>
    private const int LatersOfHalf = LatersMaximum - 2;

    private readonly record struct Part(T[] Items, int Laters, long TakenBefore);

    private readonly Queue<Part> _parts = [];
    private readonly Backoff _backoff = new(time);

    /// <summary>Leaves out, before each attempt, what may not be sent any more.</summary>
    public Func<T[], T[]> Admit { get; init; } = items => items;

    /// <summary>Takes the answer of each item, exactly once: taken, refused, or later where it is stuck.</summary>
    public required Action<T, FhirAnswer> Settle { get; init; }

    public async Task RunAsync(T[] items, CancellationToken cancellation)
    {
        Add(items, 0);
        while (_parts.TryDequeue(out var part))
        {
            if (Admit(part.Items) is { Length: > 0 } admitted)
            {
                await GoOnAsync(part with { Items = admitted }, await post(admitted, cancellation), cancellation);
            }
        }
    }

    private Task GoOnAsync(Part part, FhirAnswer answer, CancellationToken cancellation)
    {
        switch (answer)
        {
            case FhirAnswer.Later later:
                return PostponeAsync(part with { Laters = part.Laters + (later.Status is null ? 0 : 1) }, later, cancellation);
            case FhirAnswer.Refused when part.Items.Length > 1:
                Halve(part.Items, 0);
                break;
            default:
                Array.ForEach(part.Items, item => Settle(item, answer));
                break;
        }

        _backoff.Reset();
        return Task.CompletedTask;
    }

    private async Task PostponeAsync(Part part, FhirAnswer.Later later, CancellationToken cancellation)
    {
        if (part.Laters < LatersMaximum || !await takesOthers(part.TakenBefore, cancellation))
        {
            // Others must have passed lately: what was taken before the server went down proves nothing.
            _parts.Enqueue(part with { TakenBefore = taken() });
            await _backoff.WaitAsync(cancellation);
            return;
        }

        _backoff.Reset();
        if (part.Items is [var single])
        {
            Settle(single, later);
        }
        else
        {
            Halve(part.Items, LatersOfHalf);
        }
    }

    private void Halve(T[] items, int laters)
    {
        Add(items[..(items.Length / 2)], laters);
        Add(items[(items.Length / 2)..], laters);
    }

    private void Add(T[] items, int laters) => _parts.Enqueue(new Part(items, items.Length > 1 ? laters : 0, taken()));
}
