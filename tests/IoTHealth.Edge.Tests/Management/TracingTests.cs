using System.Diagnostics;
using System.Text;
using IoTHealth.Edge.Broker;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Tracing;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace IoTHealth.Edge.Tests.Management;

[CollectionDefinition(nameof(TracingTests), DisableParallelization = true)]
[Collection(nameof(TracingTests))]
public sealed class TracingTests
{
    private const string Record = """{"seq":7,"ts":"2026-11-24T03:12:00.123+09:00","hr":61}""";

    [Fact]
    public async Task A_publish_is_one_trace_until_it_may_be_acknowledged_and_the_batch_links_to_it()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var gateway = await BuiltGateway.StartAsync();
        await PublishAsync(gateway);
        using (var batch = GatewayTrace.BeginBatch(Enumerable.Range(1, (int)gateway.Part<SqliteJournal>().Head).Select(position => (long)position)))
        {
            Assert.Equal(batch!.Id, GatewayTrace.Parent);
        }

        var publish = spans.Last(span => span.OperationName == "mqtt publish");
        var trace = spans.Where(span => span.TraceId == publish.TraceId).ToDictionary(span => span.OperationName);
        Assert.Equal(["decode", "intake", "journal commit", "mqtt publish"], trace.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((publish.SpanId, publish.SpanId, trace["intake"].SpanId), (trace["decode"].ParentSpanId, trace["intake"].ParentSpanId, trace["journal commit"].ParentSpanId));
        Assert.Equal(trace["journal commit"].Context, spans.Last(span => span.OperationName == "uplink batch").Links.Single().Context);
        Assert.All(trace.Values.SelectMany(span => span.TagObjects), tag => Assert.Equal(("device", "robot-01"), (tag.Key, tag.Value)));
    }

    [Fact]
    public void Nothing_is_made_while_nobody_listens()
    {
        GatewayTrace.Begin("warm up");
        GatewayTrace.BeginBatch([1]);
        long[] positions = [1];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100_000; i++)
        {
            using var span = GatewayTrace.Begin("intake");
            GatewayTrace.Stored(positions);
            Assert.Null(span);
        }

        TestContext.Current.SendDiagnosticMessage($"{Stopwatch.GetElapsedTime(begun).TotalNanoseconds / 100_000:0} ns a span while nobody listens");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public async Task Traces_are_sent_to_the_collector_that_is_configured()
    {
        var collector = WebApplication.CreateSlimBuilder();
        collector.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = collector.Build();
        var received = new StringBuilder();
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.Latin1);
            var text = await reader.ReadToEndAsync();
            lock (received)
            {
                received.Append(text);
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        await using var gateway = await BuiltGateway.StartAsync(more: $"telemetry: {{ otlp: \"{app.Urls.Single()}\" }}");
        await PublishAsync(gateway);
        foreach (var name in new[] { "mqtt publish", "journal commit", "iothealth-edge", "gw-01" })
        {
            await Eventually.HoldsAsync(
                $"'{name}' at the collector",
                () =>
                {
                    lock (received)
                    {
                        return received.ToString().Contains(name, StringComparison.Ordinal);
                    }
                },
                TimeSpan.FromSeconds(30));
        }
    }

    private static async Task PublishAsync(BuiltGateway gateway)
    {
        var session = new MqttSession("robot-01", "robot-01", "here") { State = gateway.Part<DeviceRegistry>().Find("robot-01") };
        var verdict = await gateway.Part<BrokerIngress>().ReceiveAsync(
            session, new MqttMessage("watchover/robot-01/readings", Encoding.UTF8.GetBytes(Record), 1, Retain: false, Duplicate: false), TestContext.Current.CancellationToken);
        Assert.Equal(MqttVerdict.Accepted, verdict);
    }
}
