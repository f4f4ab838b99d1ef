namespace IoTHealth.Simulators.Serving;

/// <summary>How a request is made to fail.</summary>
internal enum InjectedFault
{
    None,

    /// <summary>503 and nothing done.</summary>
    Unavailable,

    /// <summary>409 and nothing done, as when two senders race.</summary>
    Conflict,

    /// <summary>503 although all was done: the sender must repeat and nothing may double.</summary>
    AnswerLost,
}

/// <summary>Draws faults at a rate, replayable by seed.</summary>
internal sealed class InjectedFaults(double rate, int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public InjectedFault Draw()
    {
        lock (_gate)
        {
            return _random.NextDouble() < rate ? (InjectedFault)_random.Next(1, 4) : InjectedFault.None;
        }
    }
}
