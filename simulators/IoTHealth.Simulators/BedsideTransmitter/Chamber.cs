namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Where a lead's tip lies.</summary>
/// <param name="Name">As reference ids have it.</param>
/// <param name="Sign">As the account's signs end.</param>
/// <param name="Offset">What the terms of most channels add to those of the right atrium.</param>
/// <param name="SensingOffset">The same for sensing amplitudes, of which each channel has four.</param>
internal sealed record Chamber(string Name, string Sign, int Offset, int SensingOffset)
{
    public static readonly Chamber RightAtrium = new("RA", "ra", 0, 0);
    public static readonly Chamber RightVentricle = new("RV", "rv", 1, 4);
    public static readonly Chamber LeftVentricle = new("LV", "lv", 3, 12);
}
