using System.Globalization;
using System.Text;
using System.Text.Json;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Devices;

/// <summary>A line of a case file: a payload, what is read of it, and how the reasons of its refusals begin or what they hold.</summary>
internal sealed record DriverCase(string Case, string Payload, IReadOnlyList<string> Reads, IReadOnlyList<string> Refuses)
{
    private static readonly DeviceContext Device = new("dev-1", DeviceId.FromSerial("IoTHealth", "Test", "T-1"), "101-A", TimeZoneInfo.Utc, "test/1", "T-1");

    public static IEnumerable<DriverCase> All(string file) =>
        Resource.Lines(file).Select(line => JsonSerializer.Deserialize<DriverCase>(line, JsonSerializerOptions.Web)!);

    public static DecodedUpload Read(IMqttDriver driver, string payload) => Read(driver, Encoding.UTF8.GetBytes(payload));

    public static DecodedUpload Read(IMqttDriver driver, byte[] payload) => driver.Read(new MqttMessage("t", payload, 1, false, false), Device);

    public static string Show(DecodedMeasurement measurement) =>
        string.Join(" ", measurement.Components.Select(component => $"{component.Sign}={Show(component.Value)}"))
        + (measurement.Occurrence > 0 ? $" #{measurement.Occurrence}" : "");

    private static string Show(MeasuredValue value) => value switch
    {
        MeasuredValue.Quantity quantity => $"{quantity.Comparator}{quantity.Number.ToString(CultureInfo.InvariantCulture)} {quantity.Unit}",
        MeasuredValue.Coded coded => coded.Code,
        MeasuredValue.Absent absent => "!" + absent.Reason,
        _ => "?",
    };
}
