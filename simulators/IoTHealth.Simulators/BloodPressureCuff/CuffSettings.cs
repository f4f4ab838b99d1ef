using IoTHealth.Simulators.Bluetooth;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>How a cuff and its resident run.</summary>
/// <param name="Speed">Simulated seconds per second: how fast the resident's days pass. The cuff's clock does not run faster for it.</param>
/// <param name="Every">From one session of two measurements to the next; null = morning and evening of the resident's days.</param>
/// <param name="User">The slot everything is stored under; 255 = unknown.</param>
internal sealed record CuffSettings(ulong Seed, PressureUnit Unit, double Speed, TimeSpan? Every, int User, BluetoothChaos Chaos);
