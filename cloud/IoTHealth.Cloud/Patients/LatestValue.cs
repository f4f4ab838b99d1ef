using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Patients;

/// <summary>The newest value of one sign of a resident.</summary>
/// <param name="Sign">Catalogue code.</param>
/// <param name="Text">Value with unit, code, or <c>absent: reason</c>.</param>
/// <param name="Instant">Corrected instant, UTC.</param>
/// <param name="Measurement">Id of the measurement, 32 hexadecimal digits.</param>
/// <param name="Device">Key of the device that measured it.</param>
/// <param name="Shard">Shard of its entry.</param>
/// <param name="Position">Position within the shard.</param>
[GenerateSerializer]
[Immutable]
[Alias("IoTHealth.LatestValue")]
public sealed record LatestValue(
    [property: Id(0)] string Sign,
    [property: Id(1)] string Text,
    [property: Id(2)] DateTimeOffset Instant,
    [property: Id(3)] string Measurement,
    [property: Id(4)] string Device,
    [property: Id(5)] int Shard,
    [property: Id(6)] long Position)
{
    public static IEnumerable<LatestValue> Of(Measurement measurement, LoggedEntry logged) => measurement.Components.Select(component =>
        new LatestValue(
            component.Sign, Say(component.Value), measurement.Time.Instant, measurement.Id.ToString(), measurement.Device.Key,
            logged.Shard, logged.Position));

    private static string Say(MeasuredValue value) => value switch
    {
        MeasuredValue.Quantity q => q.Text,
        MeasuredValue.Coded coded => coded.Code,
        MeasuredValue.Absent absent => $"absent: {absent.Reason}",
        _ => "",
    };
}
