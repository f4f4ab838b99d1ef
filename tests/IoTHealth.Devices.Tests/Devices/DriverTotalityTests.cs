using System.Text;
using CsCheck;
using IoTHealth.Devices.Profiles;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Devices;

/// <summary>Whatever the bytes: measurements and refusals, and never an exception.</summary>
public sealed class DriverTotalityTests
{
    private static readonly IMqttDriver[] Drivers =
    [
        .. DriverCatalog.Load().Mqtt.Values,
        new MqttProfileDriver(SampleProfiles.Nested),
        new MqttProfileDriver(SampleProfiles.Received),
    ];

    private static readonly byte[][] Seeds =
    [
        .. DriverCase.All("watch-over-robot.cases.jsonl").Select(one => Encoding.UTF8.GetBytes(one.Payload)),
        .. new[] { SampleProfiles.NestedPayload, SampleProfiles.ReceivedPayload }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly Gen<byte[]> Mutated = Gen.Select(
        Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, 500], Gen.Byte, Gen.Int[0, 3]).Array[1, 8], Mutate);

    private static readonly Gen<byte[]> Pieces = Gen.OneOf(
        "{", "}", "[", "]", ",", ":", "\"seq\"", "\"ts\"", "\"hr\"", "\"data\"", "\"event\"", "\"fall\"", "1", "0", "-", "1e400", "null", "true", "NaN",
        "\"\\ud800\"", "\"\\u0068r\"", "\"\xFF\"", "\"2026-11-24T03:12:00Z\"", "\"9999-12-31T23:59:59.9999999+14:00\"", " ", "\n")
        .Array[0, 30].Select(pieces => Encoding.Latin1.GetBytes(string.Concat(pieces)));

    [Fact]
    public void Random_bytes() => Gen.Byte.Array[0, 200].Sample(ReadAll, iter: 5_000);

    [Fact]
    public void Mutated_payloads() => Mutated.Sample(ReadAll, iter: 15_000);

    [Fact]
    public void Pieces_of_payloads() => Pieces.Sample(ReadAll, iter: 15_000);

    [Fact]
    public void Beginnings_of_payloads() =>
        Assert.All(Seeds.SelectMany(seed => Enumerable.Range(0, seed.Length).Select(length => seed[..length])), ReadAll);

    [Fact]
    public void Names_on_the_way_that_are_not_unicode() => ReadAll("{\"\\ud800\":{\"\\udc00\":1}}"u8.ToArray());

    private static void ReadAll(byte[] payload) => Assert.All(Drivers, driver =>
    {
        var upload = DriverCase.Read(driver, payload);
        Assert.All(upload.Refusals, refusal => Assert.False(refusal.Reason.Length == 0));
        Assert.All(upload.Measurements, measurement =>
        {
            // What intake will do with it.
            Assert.True(VitalSignCatalogue.Kinds.ContainsKey(measurement.Kind));
            Assert.NotEmpty(measurement.Components);
            if (measurement.Time is { } time)
            {
                _ = new DateTimeOffset(time.Wall, time.Offset ?? TimeSpan.FromHours(9)).ToUniversalTime().AddMinutes(-2);
            }
        });
    });

    private static byte[] Mutate(int which, (int At, byte Value, int How)[] steps)
    {
        var bytes = Seeds[which].ToList();
        foreach (var (at, value, how) in steps.TakeWhile(_ => bytes.Count > 0))
        {
            var index = at % bytes.Count;
            switch (how)
            {
                case 0: bytes[index] = value; break;
                case 1: bytes[index] = (byte)"{}[],:\"\\01.e-+nt "[value % 17]; break;
                case 2: bytes.Insert(index, value); break;
                default: bytes.RemoveAt(index); break;
            }
        }

        return [.. bytes];
    }
}
