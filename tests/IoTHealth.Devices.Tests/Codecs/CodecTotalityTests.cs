using IoTHealth.Fuzz;

namespace IoTHealth.Devices.Tests.Codecs;

/// <summary>
/// Decoders are total: random bytes and mutated vectors never make one throw, hang, grow without bound or depend on where a stream
/// is cut. A small run of what tests/soak/IoTHealth.Fuzz does ten million times.
/// </summary>
[Collection(Alone.Name)]
public sealed class CodecTotalityTests
{
    private const int Cases = 2_000;

    public static TheoryData<string> Decoders => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void No_input_breaks_a_decoder(string name)
    {
        var run = new FuzzRun(FuzzTargets.All.Single(target => target.Name == name), seed: 1);
        using var watch = new HangWatch(run, finding => Environment.FailFast(finding.ToString()), TimeProvider.System);
        Assert.Null(run.Run(0, Cases));
    }
}
