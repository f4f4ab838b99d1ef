namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Bytes to and from a gateway. What fails throws an <see cref="IOException"/>.</summary>
internal interface IMllpPort : IDisposable
{
    /// <summary>Returns once a gateway is at the other end; at once where it is there already.</summary>
    Task OpenAsync(CancellationToken stop);

    Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop);

    /// <summary>The next byte, or null after so long without one.</summary>
    Task<byte?> ReadAsync(TimeSpan patience, CancellationToken stop);

    /// <summary>Breaks the connection, whatever is under way.</summary>
    Task BreakAsync(CancellationToken stop);
}
