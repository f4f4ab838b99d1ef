namespace IoTHealth.Links.Bluetooth;

/// <summary>An adapter as BlueZ tells of it.</summary>
internal sealed record BluezAdapter(string Path, bool IsPowered)
{
    /// <summary>Such as <c>hci0</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
