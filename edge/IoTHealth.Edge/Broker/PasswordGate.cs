namespace IoTHealth.Edge.Broker;

/// <summary>
/// Deriving a password costs tens of milliseconds of a core on purpose, and whoever can reach the port can ask for it. So one is derived
/// at a time, without holding a thread that waits; an address has one turn at a time, waits after a wrong password, and is
/// refused where too many of its attempts wait already.
/// </summary>
/// <param name="time">Clock of the wait after a wrong password.</param>
/// <param name="attemptsOfAddress">Attempts of one address that may wait; all devices of a site may come by one.</param>
public sealed class PasswordGate(TimeProvider time, int attemptsOfAddress = 128) : IDisposable
{
    private static readonly TimeSpan AfterWrong = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _core = new(1, 1);
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Derives when it is the address's turn.</summary>
    /// <param name="address">Whoever asks.</param>
    /// <param name="derive">The costly comparison.</param>
    /// <returns>Its result; null where too many attempts of the address wait.</returns>
    public async ValueTask<bool?> CheckAsync(string address, Func<bool> derive, CancellationToken cancellation)
    {
        if (Enter(address) is not { } turn)
        {
            return null;
        }

        try
        {
            await turn.Semaphore.WaitAsync(cancellation);
            try
            {
                return await DeriveAsync(derive, cancellation);
            }
            finally
            {
                turn.Semaphore.Release();
            }
        }
        finally
        {
            Leave(address, turn);
        }
    }

    public void Dispose() => _core.Dispose();

    private async Task<bool> DeriveAsync(Func<bool> derive, CancellationToken cancellation)
    {
        await _core.WaitAsync(cancellation);
        bool isRight;
        try
        {
            isRight = derive();
        }
        finally
        {
            _core.Release();
        }

        if (!isRight)
        {
            await Task.Delay(AfterWrong, time, cancellation);
        }

        return isRight;
    }

    private Turn? Enter(string address)
    {
        lock (_lock)
        {
            if (!_turns.TryGetValue(address, out var turn))
            {
                _turns[address] = turn = new Turn();
            }

            return turn.Attempts++ < attemptsOfAddress ? turn : Refuse(turn);
        }
    }

    private static Turn? Refuse(Turn turn)
    {
        turn.Attempts--;
        return null;
    }

    private void Leave(string address, Turn turn)
    {
        lock (_lock)
        {
            if (--turn.Attempts == 0)
            {
                _turns.Remove(address);
                turn.Semaphore.Dispose();
            }
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Attempts { get; set; }
    }
}
