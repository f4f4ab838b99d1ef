using System.IO.Pipelines;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// Driver of the bedside transmitters of pacemakers, ICDs and CRT devices: IHE IDCO reports (HL7 v2 ORU^R01, IEEE 11073-10103) by
/// MLLP on TCP or on a serial line, or by MQTT. A report is acknowledged once all of it is durable; what is not acknowledged
/// the transmitter sends again.
/// </summary>
public sealed class PacemakerDriver(TimeProvider time) : IReportDriver, ISerialDriver, IMqttDriver
{
    public string Name => "pacemaker/1";

    public GuaranteeClass Guarantee => GuaranteeClass.Acknowledged;

    public int Baud => 115200;

    public IReadOnlyList<string> Topics(string deviceKey) => [$"pacemaker/{deviceKey}/reports"];

    public DecodedReport Read(ReadOnlyMemory<byte> message) => PacemakerReport.Read(message);

    public DecodedUpload Read(MqttMessage message, DeviceContext device) => Read(message.Payload).For(device).Upload;

    public Task RunAsync(IDuplexPipe port, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation)
    {
        return new MllpConversation(this, KeepAsync, time).RunAsync(port, cancellation);

        async ValueTask<DecodedReport> KeepAsync(DecodedReport report, CancellationToken stop)
        {
            var ours = report.For(device);
            await sink.AcceptAsync(device, ours.Upload, stop);
            return ours;
        }
    }
}
