namespace IoTHealth.Links.Bluetooth;

/// <summary>Leave for one device to pair, until disposed.</summary>
/// <param name="passkey">The registered passkey; null where the device has none.</param>
/// <param name="release">Takes the leave back.</param>
internal sealed class PairingAcceptance(uint? passkey, Action release) : IDisposable
{
    private volatile bool _isProven;

    public uint? Passkey => passkey;

    /// <summary>Whether BlueZ asked for the passkey, or had it confirmed.</summary>
    public bool IsProven => _isProven;

    public void Prove() => _isProven = true;

    public void Dispose() => release();
}
