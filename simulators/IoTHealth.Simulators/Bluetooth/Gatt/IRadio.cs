namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>What carries a device's words to a central: the mock of BlueZ, or BlueZ itself.</summary>
internal interface IRadio
{
    /// <summary>Begins or ends advertising.</summary>
    void Advertise(bool on);

    /// <summary>Sends a notification or indication.</summary>
    /// <returns>False when no central is connected and subscribed: nothing went out.</returns>
    bool Send(GattCharacteristic characteristic, byte[] value);

    /// <summary>Ends the connection, from the device's side.</summary>
    void Disconnect();
}
