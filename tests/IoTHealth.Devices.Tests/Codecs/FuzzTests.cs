using IoTHealth.Fuzz;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Codecs;

/// <summary>The fuzzer finds what it is there to find: decoders with planted faults fail.</summary>
[Collection(Alone.Name)]
public sealed class FuzzTests
{
    private static readonly byte[][] Seeds = [[1, 2, 3, 4, 5, 6, 7, 8]];

    private static readonly List<byte[]> Hoard = [];

    [Fact]
    public void A_decoder_that_throws_is_found_and_the_case_can_be_run_again()
    {
        var target = Faulty((input, _) => input.Span.Contains((byte)0x7F) ? throw new FormatException("planted") : null);
        var finding = new FuzzRun(target, seed: 7).Run(0, 100_000);
        Assert.NotNull(finding);
        Assert.Contains(nameof(FormatException), finding.Reason, StringComparison.Ordinal);
        Assert.Contains((byte)0x7F, finding.Input);
        Assert.Equal(finding.Input, new FuzzRun(target, seed: 7).Run(finding.Case, 1)?.Input);
        Assert.Equal(finding.Input, new FuzzRun(target, seed: 7).Input(finding.Case));
    }

    [Fact]
    public void A_decoder_that_allocates_without_bound_is_found()
    {
        var target = Faulty((input, _) => input.Length > 8 && new byte[FuzzRun.AllowedBytes(input.Length)].Length == 0 ? "never" : null);
        Assert.Contains("bytes allocated for", new FuzzRun(target, seed: 1).Run(0, 1_000)?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_that_keeps_memory_is_found()
    {
        var target = Faulty((_, _) =>
        {
            Hoard.Add(new byte[16 * 1024]);
            return null;
        });
        var reason = new FuzzRun(target, seed: 1).Run(0, 1_000)?.Reason;
        Hoard.Clear();
        Assert.Contains("were kept", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decoder_that_hangs_is_found_and_its_case_named()
    {
        using var release = new ManualResetEventSlim();
        var found = new TaskCompletionSource<FuzzFinding>();
        var time = new FakeTimeProvider();
        var run = new FuzzRun(Faulty((_, _) => release.Wait(TimeSpan.FromSeconds(30)) ? null : "was never released"), seed: 1);
        using var watch = new HangWatch(run, finding => found.TrySetResult(finding), time);
        var running = Task.Run(() => run.Run(41, 1));
        await Eventually.HoldsAsync("the case has begun", () => run.Case == 41, TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromMinutes(2));
        var hang = await found.Task.WaitAsync(TimeSpan.FromSeconds(10));
        release.Set();
        Assert.Equal(("hangs", 41), (hang.Reason, hang.Case));
        Assert.Equal(run.Input(41), hang.Input);
        Assert.Null(await running);
    }

    [Fact]
    public void Every_protocol_of_the_devices_vectors_is_attacked()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "vectors");
        var protocols = Directory.GetFiles(folder, "*.jsonl").SelectMany(File.ReadLines)
            .Select(line => VectorRunner.Vector.Parse(line).Input.Protocol)
            .Select(protocol => protocol.Replace("-be", "", StringComparison.Ordinal).Replace("-le", "", StringComparison.Ordinal))
            .Where(protocol => !protocol.StartsWith("fhir/", StringComparison.Ordinal))
            .Distinct();
        Assert.Empty(protocols.Except(FuzzTargets.All.Select(target => target.Name)));
    }

    private static FuzzTarget Faulty(FuzzCase run) => new("planted/fault", Seeds, [], run);
}
