using System.Globalization;
using System.Security.Cryptography;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>A meter is carried from one gateway to another: both read its whole memory, and the cloud holds one of each.</summary>
public sealed class SecondGatewayTests(ITestOutputHelper output)
{
    private const int Records = 480;
    private const string SecondGateway = "gw-02";

    /// <summary>At most: its own at the start and at steps, the meter's.</summary>
    private const int ClockEntries = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_memory_read_by_two_gateways_becomes_one_observation_each()
    {
        await using var test = await TestStack.StartAsync(options => options with { Bedside = true }, Prepare);
        var stack = test.Stack;
        var device = stack.Facility.Bedside.First(one => one.Profile == BedsideDevice.SerialMeter);
        var account = Path.Combine(stack.Folder.Out, $"{device.Serial}.meter.jsonl");
        await UploadAsync(stack, device);
        await stack.DrainAsync(Patience);
        await stack.Edge.StopAsync();
        await using var second = new StackProgram(() => Command(stack, "edge-2", "IoTHealth.Edge", "run", "--config", SecondConfiguration(stack)), Patience);
        await second.StartAsync();
        await UploadAsync(stack, device);
        var readings = JsonLines.Read(account).Count(line => (string?)line["event"] == "memory" && !(bool)line["control"]!);
        var status = await Eventually.SeesAsync("both journals are in the cloud", late => stack.CloudApi.GetAsync<CloudStatus>("status", late), Drained, Patience);
        output.WriteLine(string.Join('\n', status.Gateways));
        var report = await stack.ReportAsync();
        output.WriteLine(report.Output + report.Errors);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("missing 0, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);

        // Beside the readings each tells its own clock at the start and the meter's.
        Assert.All(status.Gateways, gateway => Assert.InRange(gateway.Received, readings + 1, readings + ClockEntries));
        Assert.InRange(readings, Records / 2, Records);
        Assert.Equal(readings, JsonLines.Read(stack.Folder.FhirFile).Count(line => (string?)line["type"] == "Observation"));

        bool Drained(CloudStatus seen) => seen.Gateways.Count == 2 && seen.Gateways.All(gateway => gateway.Received > readings && gateway.Received == gateway.Head)
            && seen.Feeds.All(feed => feed.Behind == 0);
    }

    private static void Prepare(Stack stack)
    {
        SecretFile.Write(stack.Folder.File(SecondGateway + ".key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        var cloud = File.ReadAllText(stack.Folder.CloudConfiguration);
        var first = $"      keyFile: {Facility.Gateway}.key\n";
        Assert.Contains(first, cloud, StringComparison.Ordinal);
        File.WriteAllText(
            stack.Folder.CloudConfiguration,
            cloud.Replace(first, $"{first}    - id: {SecondGateway}\n      keyFile: {SecondGateway}.key\n", StringComparison.Ordinal));
        var ports = stack.Facility.Ports;
        var edge = File.ReadAllText(stack.Folder.EdgeConfiguration)
            .Replace(Facility.Gateway, SecondGateway, StringComparison.Ordinal)
            .Replace("data: edge-data", "data: edge-data-2", StringComparison.Ordinal);
        edge = new[] { ports.Mqtt, ports.EdgeApi, ports.Mllp }.Aggregate(edge, (text, port) => text.Replace(Port(port), Port(FreePort.Take()), StringComparison.Ordinal));
        SecretFile.Write(SecondConfiguration(stack), edge);
    }

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $"port: {port}");

    private static string SecondConfiguration(Stack stack) => stack.Folder.File("edge-2.yaml");

    // As fast as it can; the same memory each time.
    private static async Task UploadAsync(Stack stack, BedsideDevice device)
    {
        await using var meter = new StackProgram(
            () => Command(
                stack, "meter", "IoTHealth.Simulators", "glucose-meter", "--serial", device.Serial, "--link", stack.Folder.File(device.Line!), "--records",
                Records.ToString(CultureInfo.InvariantCulture), "--now", "2026-11-20T12:00", "--baud", "0", "--rest", "500ms", "--answer-within", "2s",
                "--out", stack.Folder.Out),
            Patience);
        meter.Start();
        Assert.Equal(0, await meter.Process.ExitAsync().WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    private static ServerCommand Command(Stack stack, string name, string program, params string[] arguments) =>
        new(name, ProgramFiles.Find(program), arguments, stack.Folder.Log(name)) { WorkingDirectory = stack.Folder.Path };
}
