using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Demo.Running;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>
/// The spare robot played by the test: tells what the test wants when it wants, and like a robot sends each again, the same bytes,
/// until it is acknowledged. Keeps a robot's account, so that the counting report counts it too.
/// </summary>
internal sealed class PersistentDevice(Stack stack) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim oneAtATime = new(1);
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly List<Task> deliveries = [];
    private long sequence;
    private long lastInstant;

    /// <summary>Tells a bed exit and does not wait.</summary>
    public BedExit LeaveBed()
    {
        var (instant, acknowledged) = Tell("bed-exit", "exited", new JsonObject { ["event"] = "bed_exit" });
        return new BedExit(stack, instant, acknowledged);
    }

    /// <summary>Tells a heart rate, waits until it is acknowledged, and returns its instant.</summary>
    public async Task<DateTimeOffset> MeasureAsync(int heartRate)
    {
        var (instant, acknowledged) = Tell("heart-rate", heartRate.ToString(CultureInfo.InvariantCulture), new JsonObject { ["hr"] = heartRate });
        await acknowledged;
        return instant;
    }

    private (DateTimeOffset Instant, Task Acknowledged) Tell(string kind, string value, JsonObject record)
    {
        lastInstant = Math.Max(lastInstant + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(lastInstant).ToOffset(TimeSpan.FromHours(9));
        var number = ++sequence;
        (record["seq"], record["ts"]) = (number, instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
        Append(new JsonObject
        {
            ["event"] = "sent", ["device"] = stack.Facility.Spare.Key, ["serial"] = stack.Facility.Spare.Serial, ["seq"] = number,
            ["ts"] = (string)record["ts"]!, ["readings"] = new JsonArray(new JsonObject { ["kind"] = kind, ["value"] = value }),
        });
        var delivery = DeliverAsync(number, record.ToJsonString());
        deliveries.Add(delivery);
        return (instant, delivery);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(deliveries.Select(delivery => delivery.ContinueWith(_ => { }, TaskScheduler.Default)));
        client.Dispose();
        ending.Dispose();
        oneAtATime.Dispose();
    }

    private async Task DeliverAsync(long number, string record)
    {
        while (!await TryAsync(record))
        {
            await Task.Delay(Pause, ending.Token);
        }

        Append(new JsonObject { ["event"] = "acked", ["seq"] = number });
    }

    private async Task<bool> TryAsync(string record)
    {
        await oneAtATime.WaitAsync(ending.Token);
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            late.CancelAfter(Answer);
            if (!client.IsConnected)
            {
                await client.ConnectAsync(DeviceClient.Options(stack, stack.Facility.Spare, TimeSpan.FromSeconds(15)), late.Token);
            }

            var message = new MqttApplicationMessage
            {
                Topic = stack.Facility.Spare.Topic,
                PayloadSegment = Encoding.UTF8.GetBytes(record),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            return (await client.PublishAsync(message, late.Token)).IsSuccess;
        }
        catch (Exception) when (!ending.IsCancellationRequested)
        {
            // Refused, cut or not answered: once more.
            await client.TryDisconnectAsync();
            return false;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    private void Append(JsonObject line)
    {
        lock (deliveries)
        {
            File.AppendAllText(Path.Combine(stack.Folder.Out, stack.Facility.Spare.Key + ".sent.jsonl"), line.ToJsonString() + "\n");
        }
    }
}
