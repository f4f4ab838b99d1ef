using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Running;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>A device played by the test itself: MQTT 3.1.1 over TLS with the device's credential, QoS 1.</summary>
internal sealed class DeviceClient : IDisposable
{
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly Robot robot;
    private long sequence = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private long lastInstant;

    private DeviceClient(Robot robot)
    {
        this.robot = robot;
        client.DisconnectedAsync += _ =>
        {
            Disconnects++;
            return Task.CompletedTask;
        };
    }

    /// <summary>How often the connection was lost.</summary>
    public int Disconnects { get; private set; }

    public static async Task<DeviceClient> ConnectAsync(Stack stack, Robot robot, TimeSpan? keepAlive = null)
    {
        var device = new DeviceClient(robot);
        await device.client.ConnectAsync(Options(stack, robot, keepAlive ?? TimeSpan.FromSeconds(15)), TestContext.Current.CancellationToken);
        return device;
    }

    /// <summary>Publishes one record and waits for its PUBACK.</summary>
    /// <param name="fields">The record's members beside <c>seq</c> and <c>ts</c>, such as <c>"hr":61</c>.</param>
    public async Task<DateTimeOffset> PublishAsync(string fields)
    {
        var instant = NextInstant();
        var record = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"seq":{{Interlocked.Increment(ref sequence)}},"ts":"{{instant:yyyy-MM-dd'T'HH:mm:ss.fffzzz}}",{{fields}}}""");
        var message = new MqttApplicationMessage
        {
            Topic = robot.Topic,
            PayloadSegment = Encoding.UTF8.GetBytes(record),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        var answer = await client.PublishAsync(message, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccess, $"PUBACK {answer.ReasonCode}");
        return instant;
    }

    public void Dispose() => client.Dispose();

    // Whole milliseconds, strictly increasing: a full-rate device outruns the clock.
    private DateTimeOffset NextInstant()
    {
        lastInstant = Math.Max(lastInstant + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return DateTimeOffset.FromUnixTimeMilliseconds(lastInstant).ToOffset(TimeSpan.FromHours(9));
    }

    internal static MqttClientOptions Options(Stack stack, Robot robot, TimeSpan keepAlive) => new MqttClientOptionsBuilder()
        .WithTcpServer("127.0.0.1", stack.Facility.Ports.Mqtt)
        .WithProtocolVersion(MqttProtocolVersion.V311)
        .WithClientId(robot.Key)
        .WithCredentials(robot.Key, robot.Password)
        .WithKeepAlivePeriod(keepAlive)
        .WithTlsOptions(tls => tls.UseTls().WithTargetHost("127.0.0.1")
            .WithTrustChain(Authorities(stack.Folder.AuthorityFile)))
        .Build();

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities;
    }
}
