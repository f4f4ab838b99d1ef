namespace IoTHealth.Fuzz;

/// <summary>
/// Runs the cases of one decoder. A case fails where the decoder throws, answers differently to a stream cut elsewhere, allocates
/// more than <see cref="AllowedBytes"/>, and the run where memory is kept from case to case.
/// </summary>
public sealed class FuzzRun(FuzzTarget target, ulong seed)
{
    private const long AllowedAtLeast = 256 * 1024;
    private const long AllowedPerByte = 1024;
    private const long KeptMaximum = 4 * 1024 * 1024;

    private readonly FuzzRandom _random = new();
    private readonly Mutator _mutator = new(target);
    private long _case = -1;

    public FuzzTarget Target => target;

    public ulong Seed => seed;

    /// <summary>The case that is under way; for a watcher on another thread.</summary>
    public long Case => Volatile.Read(ref _case);

    /// <summary>Most bytes that one case allocated.</summary>
    public long AllocatedMost { get; private set; }

    /// <summary>Bytes on the heap after the run, less those before it.</summary>
    public long Kept { get; private set; }

    /// <summary>Bytes that a decoder may allocate for an input of this length: linear, and generous.</summary>
    public static long AllowedBytes(int length) => AllowedAtLeast + (AllowedPerByte * length);

    /// <summary>Runs cases in their order up to the first that fails; null when none does.</summary>
    public FuzzFinding? Run(long first, long count, CancellationToken stop = default)
    {
        // What a decoder sets up once is no growth.
        RunCase(first);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = first; number < first + count && !stop.IsCancellationRequested; number++)
        {
            if (RunCase(number) is { } finding)
            {
                return finding;
            }
        }

        Kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        return Kept > KeptMaximum ? new FuzzFinding(target.Name, seed, Case, $"{Kept} bytes were kept over {count} cases", []) : null;
    }

    /// <summary>The bytes of a case.</summary>
    public byte[] Input(long number)
    {
        var random = new FuzzRandom();
        random.Begin(seed, target.Name, number);
        return new Mutator(target).Make(random).ToArray();
    }

    private FuzzFinding? RunCase(long number)
    {
        _random.Begin(seed, target.Name, number);
        var input = _mutator.Make(_random);
        Volatile.Write(ref _case, number);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reason = Reason(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        AllocatedMost = Math.Max(AllocatedMost, allocated);
        reason ??= allocated > AllowedBytes(input.Length) ? $"{allocated} bytes allocated for {input.Length}" : null;
        return reason is null ? null : new FuzzFinding(target.Name, seed, number, reason, input.ToArray());
    }

    private string? Reason(ReadOnlyMemory<byte> input)
    {
        try
        {
            return target.Run(input, _random);
        }
        catch (Exception error)
        {
            return $"threw {error}";
        }
    }
}
