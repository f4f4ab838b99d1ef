using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Driver of upper-arm cuffs with the Blood Pressure Service (Bluetooth SIG, 1.1): takes the measurements they indicate and sets
/// their clock. Detect-only, because BlueZ confirms an indication before we see it and the cuff may then forget it.
/// </summary>
/// <param name="time">The clock that cuffs are set by.</param>
public sealed class BloodPressureCuffDriver(TimeProvider time) : IGattDriver
{
    private static readonly Guid Measurement = GattUuid.Of(0x2A35);
    private static readonly Guid Feature = GattUuid.Of(0x2A49);

    private readonly CuffClock _clock = new(time);

    public string Name => "blood-pressure-cuff/1";

    public GuaranteeClass Guarantee => GuaranteeClass.DetectOnly;

    public Guid Service { get; } = GattUuid.Of(0x1810);

    public async Task RunAsync(IGattPeripheral peripheral, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation)
    {
        // The clock first: many cuffs hang up as soon as they have indicated what they hold.
        await _clock.SetAsync(peripheral, device, cancellation);
        var values = await peripheral.SubscribeAsync([Measurement], cancellation);
        var stranger = await DeviceInformation.StrangerAsync(peripheral, device, cancellation);
        var features = await DeviceInformation.ReadAsync(peripheral, Feature, cancellation);
        var records = new BloodPressureRecords(stranger, BloodPressureFeature.TryRead(features, out var feature, out _) ? feature : null);
        await foreach (var value in values.ReadAllAsync(cancellation))
        {
            await sink.AcceptAsync(device, records.Read(value.Value), cancellation);
        }
    }
}
