using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Driver of upper-arm cuffs with the Blood Pressure Service (Bluetooth SIG, 1.1): takes the measurements they indicate and sets
/// their clock. Detect-only, because BlueZ confirms an indication before we see it and the cuff may then forget it.
/// </summary>
/// <param name="time">The clock that cuffs are set by.</param>
/// <param name="isSynchronised">Whether that clock is kept right; otherwise no cuff is set by it.</param>
public sealed class BloodPressureCuffDriver(TimeProvider time, Func<bool> isSynchronised) : IGattDriver
{
    private const string ClockWasOff = "clock-was-off";

    private static readonly Guid Measurement = GattUuid.Of(0x2A35);
    private static readonly Guid Feature = GattUuid.Of(0x2A49);

    private readonly DeviceInformation _information = new();
    private readonly CuffClock _clock = new(time, isSynchronised);

    public string Name => "blood-pressure-cuff/1";

    public GuaranteeClass Guarantee => GuaranteeClass.DetectOnly;

    public Guid Service { get; } = GattUuid.Of(0x1810);

    public async Task RunAsync(IGattPeripheral peripheral, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation)
    {
        // Everything else first: many cuffs hang up as soon as they have indicated what they hold.
        var stranger = await _information.StrangerAsync(peripheral, device, cancellation);
        var features = await DeviceInformation.ReadAsync(peripheral, Feature, cancellation);
        var look = new UntoldLook(stranger is null ? await _clock.SetAsync(peripheral, device, cancellation) : null, time);

        var records = new BloodPressureRecords(stranger, BloodPressureFeature.TryRead(features, out var feature, out _) ? feature : null);
        var values = await peripheral.SubscribeAsync([Measurement], cancellation);
        try
        {
            await new UnrepeatedValues(
                values, value => Judge(records.Read(value), device) with { Clock = look.Take() }, (upload, stop) => sink.AcceptAsync(device, upload, stop),
                time).StoreAsync(cancellation);
        }
        finally
        {
            await look.TellAsync(device, sink);
        }
    }

    private DecodedUpload Judge(DecodedUpload upload, DeviceContext device) => upload with
    {
        Measurements =
        [
            .. upload.Measurements.Select(one =>
                one.Time is { } told && _clock.WasOff(device, told.Wall) ? one with { Flags = one.Flags.Add(ClockWasOff) } : one),
        ],
    };
}
