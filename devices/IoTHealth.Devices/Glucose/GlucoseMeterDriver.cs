using System.Collections.Concurrent;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Glucose;

/// <summary>
/// Driver of glucose meters with the Glucose Service (Bluetooth SIG, 1.0.1): reads out their memory by record access, and takes
/// what they send of themselves while they stay. Re-readable: nothing is deleted on the meter, and what is read twice folds.
/// </summary>
/// <remarks>
/// The first connection after a start reads everything, and so does the first one a day after that was done, and a meter that stays
/// is read again after a day. Others read from the last record on, where an earlier read-out went through to its end and the meter then
/// held no more records than had come.
/// </remarks>
/// <param name="time">Clock of the time limits.</param>
public sealed class GlucoseMeterDriver(TimeProvider time) : IGattDriver
{
    private readonly DeviceInformation _information = new();
    private readonly ConcurrentDictionary<DeviceId, MeterMark> _marks = [];

    public string Name => "glucose-meter-ble/1";

    public GuaranteeClass Guarantee => GuaranteeClass.ReReadable;

    public Guid Service => GlucoseService.Service;

    public async Task RunAsync(IGattPeripheral peripheral, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation)
    {
        var records = new GlucoseRecords(await _information.StrangerAsync(peripheral, device, cancellation));
        Guid[] wanted = [GlucoseService.Measurement, GlucoseService.Context, GlucoseService.ControlPoint];
        var values = await peripheral.SubscribeAsync([.. wanted.Where(one => one != GlucoseService.Context || peripheral.Has(one))], cancellation);
        var conversation = new GlucoseConversation(
            peripheral, values, records, (upload, stop) => sink.AcceptAsync(device, upload, stop), time);

        while (true)
        {
            // A mark stays true when a read-out breaks off: what it stands for is durable.
            if (await conversation.ReadMemoryAsync(_marks.GetValueOrDefault(device.Id), cancellation) is { } moved)
            {
                _marks[device.Id] = moved;
            }
            else
            {
                _marks.TryRemove(device.Id, out _);
            }

            await conversation.ListenAsync(MeterMark.Lifetime, cancellation);
        }
    }
}
