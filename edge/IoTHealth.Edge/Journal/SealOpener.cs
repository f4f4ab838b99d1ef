namespace IoTHealth.Edge.Journal;

/// <summary>Opens payloads of whichever data key sealed them. One for each read.</summary>
internal sealed class SealOpener(JournalKeys keys) : IDisposable
{
    private readonly Dictionary<int, EntrySeal> _seals = [];

    /// <exception cref="DamagedPayloadException">The row is not what was written.</exception>
    /// <exception cref="IOException">There is no such key.</exception>
    public byte[] Open(int keyId, long position, byte[] sealedPayload, in SealedRow row = default)
    {
        if (!_seals.TryGetValue(keyId, out var seal))
        {
            _seals[keyId] = seal = keys.Seal(keyId);
        }

        return seal.Open(position, sealedPayload, row);
    }

    public void Dispose()
    {
        foreach (var seal in _seals.Values)
        {
            seal.Dispose();
        }
    }
}
