using System.Text;
using IoTHealth.Devices.Pacemaker;
using IoTHealth.Devices.Tests.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Pacemaker;

/// <summary>Reports as bedside transmitters send them.</summary>
internal static class Reports
{
    public const string Header = @"MSH|^~\&|TRANSMITTER|HOME|EDGE|WARD|20261124080000+0900||ORU^R01^ORU_R01|C-1|P|2.6|||||JPN|UNICODE UTF-8";
    public const string Patient = "PID|||model:Pace-DR/serial:P-0001^^^MFR^U||||";
    public const string Request = "OBR|1|||754051^REMOTE FOLLOW-UP^MDC|||20261124080000+0900";

    public static readonly DeviceContext Device = new(
        "pacemaker-01", DeviceId.FromSerial("IoTHealth", "Pace-DR", "P-0001"), "101-A", TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), "pacemaker/1",
        "P-0001", "Pace-DR");

    public static readonly PacemakerDriver Driver = new(TimeProvider.System);

    public static string Text(params IEnumerable<string> observations) => Text(Header, observations);

    public static string Text(string header, IEnumerable<string> observations) => string.Join('\r', [header, Patient, Request, .. observations]) + "\r";

    /// <summary>An OBX with its time in OBX-14.</summary>
    public static string Obx(string type, uint term, string instance, string value, string unit = "", string time = "20261124073000+0900") =>
        $"OBX|1|{type}|{term}^X^MDC|{instance}|{value}|{unit}|||||F|||{time}";

    public static DecodedReport Read(string text) => Driver.Read(Encoding.UTF8.GetBytes(text)).For(Device);

    public static IReadOnlyList<DecodedMeasurement> Measure(params IEnumerable<string> observations) => Read(Text(observations)).Upload.Measurements;

    public static IEnumerable<string> Show(DecodedReport report) => report.Upload.Measurements.Select(Show);

    public static string Show(DecodedMeasurement measurement) => $"{measurement.Kind}: {DriverCase.Show(measurement)}";

    public static string Stable(DecodedMeasurement measurement) => Encoding.UTF8.GetString(measurement.Stable.AsSpan());
}
