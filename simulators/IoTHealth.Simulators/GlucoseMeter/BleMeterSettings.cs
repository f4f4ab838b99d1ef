using IoTHealth.Simulators.Bluetooth;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>How a Bluetooth glucose meter runs.</summary>
/// <param name="Pace">From one record to the next.</param>
/// <param name="Rest">How long it sleeps after a connection before it advertises again.</param>
internal sealed record BleMeterSettings(ulong Seed, TimeSpan Pace, TimeSpan Rest, BluetoothChaos Chaos);
