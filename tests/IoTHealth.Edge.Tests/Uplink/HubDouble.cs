using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>What the double does with a telemetry message.</summary>
internal enum HubAnswer
{
    Acknowledge,
    Disconnect,

    /// <summary>Takes it and disconnects without having acknowledged.</summary>
    TakeAndDisconnect,
}

/// <summary>
/// A hub that speaks Azure IoT Hub's documented MQTT protocol over TLS, written apart from the product: it checks tokens by
/// itself, keeps a twin, and calls methods.
/// </summary>
internal sealed class HubDouble : IAsyncDisposable
{
    public const string Host = "hub.iothealth.local";

    private readonly TestFolder _folder;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int, JsonNode?)>> _called = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<EntryBatch> _batches = new();
    private readonly JsonObject _reported = [];
    private readonly Lock _lock = new();

    private MqttServer _server = null!;
    private JsonObject _desired = new() { ["$version"] = 1 };

    public HubDouble(TestFolder folder, TimeProvider? time = null)
    {
        (_folder, Time) = (folder, time ?? TimeProvider.System);
        Certificates = new TestCertificates(folder.Path, TimeProvider.System);
        Certificates.Issue("hub");
        Testing.SecretFile.Write(folder.File("gw-01.key"), Convert.ToBase64String(_key));
    }

    public TestCertificates Certificates { get; }

    public TimeProvider Time { get; }

    public int Port { get; } = FreePort.Take();

    /// <summary>The client id it lets in, as user names carry it.</summary>
    public string Client { get; init; } = "gw-01";

    /// <summary>Checks a password in place of the symmetric key's signature.</summary>
    public Func<string, bool>? Accepts { get; init; }

    /// <summary>Lets clients in by their certificate and no password, where it is not null.</summary>
    public Func<X509Certificate2, bool>? AcceptsCertificate { get; init; }

    /// <summary>Certificates that were shown, by serial number.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    /// <summary>Judges each telemetry message.</summary>
    public Func<EntryBatch, HubAnswer> Judge { get; set; } = _ => HubAnswer.Acknowledge;

    /// <summary>Answers every connection with this, where it is not null.</summary>
    public MqttConnectReasonCode? Refuses { get; set; }

    /// <summary>Leaves twin requests without an answer.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>What came, in the order it came: connections, subscriptions, topics without their property bags.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public int Connections => Log.Count(line => line == "connected");

    /// <summary>Batches it holds, in order.</summary>
    public IReadOnlyList<EntryBatch> Batches => [.. _batches];

    public IEnumerable<long> Positions => Batches.SelectMany(batch => batch.Entries).Select(entry => entry.Position);

    public JsonObject Reported
    {
        get
        {
            lock (_lock)
            {
                return (JsonObject)_reported.DeepClone();
            }
        }
    }

    public UplinkSettings Settings => new("127.0.0.1", Port, Host, _folder.File("gw-01.key"), Certificates.AuthorityFile);

    public async Task StartAsync()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_folder.File("hub.pem"), _folder.File("hub.key"));
        var options = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint().WithEncryptedEndpoint().WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback).WithEncryptedEndpointPort(Port)
            .WithEncryptionCertificate(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null))
            .Build();
        options.TlsEndpointOptions.ClientCertificateRequired = AcceptsCertificate is not null;
        options.TlsEndpointOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => AcceptsCertificate is null || certificate is not null;
        _server = new MqttServerFactory().CreateMqttServer(options);
        _server.ValidatingConnectionAsync += Judged;
        _server.InterceptingSubscriptionAsync += args =>
        {
            Log.Enqueue($"subscribed {args.TopicFilter.Topic}");
            return Task.CompletedTask;
        };
        _server.InterceptingPublishAsync += TakeAsync;
        await _server.StartAsync();
    }

    public Task StopAsync() => _server.StopAsync();

    /// <summary>Changes what is desired and tells a client that listens.</summary>
    public async Task DesireAsync(string name, JsonNode? value)
    {
        lock (_lock)
        {
            _desired[name] = value?.DeepClone();
            _desired["$version"] = _desired["$version"]!.GetValue<int>() + 1;
        }

        if (_server is { IsStarted: true })
        {
            await SayAsync("$iothub/twin/PATCH/properties/desired/?$version=2", JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [name] = value?.DeepClone() }));
        }
    }

    public async Task<(int Status, JsonNode? Body)> CallAsync(string method, string body, TimeSpan timeout)
    {
        var request = Guid.NewGuid().ToString("n");
        var answer = _called[request] = new TaskCompletionSource<(int, JsonNode?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await SayAsync($"$iothub/methods/POST/{method}/?$rid={request}", Encoding.UTF8.GetBytes(body));
        return await answer.Task.WaitAsync(timeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsStarted: true })
        {
            await _server.StopAsync();
        }

        _server?.Dispose();
        Certificates.Dispose();
    }

    private Task Judged(ValidatingConnectionEventArgs args)
    {
        args.ReasonCode = Refuses ?? (IsKnown(args) ? MqttConnectReasonCode.Success : MqttConnectReasonCode.NotAuthorized);
        Log.Enqueue(args.ReasonCode == MqttConnectReasonCode.Success ? "connected" : "refused");
        return Task.CompletedTask;
    }

    private bool IsKnown(ValidatingConnectionEventArgs args) =>
        args.ClientId == Client && args.UserName.StartsWith($"{Host}/{Client}/?api-version=", StringComparison.Ordinal) &&
        (AcceptsCertificate is not null ? IsShown(args) : Accepts?.Invoke(args.Password ?? "") ?? IsSigned(args.Password ?? ""));

    private bool IsShown(ValidatingConnectionEventArgs args)
    {
        if (args.ChannelAdapter.ClientCertificate is not { } certificate || !string.IsNullOrEmpty(args.Password))
        {
            return false;
        }

        Shown.Enqueue(certificate.SerialNumber);
        return certificate.GetNameInfo(X509NameType.SimpleName, false) == Client && AcceptsCertificate!(certificate);
    }

    private bool IsSigned(string password)
    {
        var fields = password.Replace("SharedAccessSignature ", "", StringComparison.Ordinal).Split('&').Select(field => field.Split('=', 2)).ToDictionary(f => f[0], f => f[1]);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{fields["sr"]}\n{fields["se"]}")));
        return Uri.UnescapeDataString(fields["sr"]) == $"{Host}/devices/{Client}" && Uri.UnescapeDataString(fields["sig"]) == signature &&
            long.Parse(fields["se"], System.Globalization.CultureInfo.InvariantCulture) > Time.GetUtcNow().ToUnixTimeSeconds();
    }

    private async Task TakeAsync(InterceptingPublishEventArgs args)
    {
        args.ProcessPublish = false;
        var topic = args.ApplicationMessage.Topic;
        var body = args.ApplicationMessage.Payload.ToArray();
        Log.Enqueue(topic.Contains("/messages/events/", StringComparison.Ordinal) ? topic[..(topic.IndexOf("/events/", StringComparison.Ordinal) + 8)] : topic.Split('?')[0]);
        if (topic.StartsWith("$iothub/methods/res/", StringComparison.Ordinal))
        {
            var status = int.Parse(topic.Split('/')[3], System.Globalization.CultureInfo.InvariantCulture);
            _called[topic.Split("$rid=")[1]].TrySetResult((status, JsonNode.Parse(body)));
        }
        else if (topic.StartsWith("$iothub/twin/", StringComparison.Ordinal))
        {
            await AnswerTwinAsync(topic, body);
        }
        else
        {
            Take(args, body);
        }
    }

    private void Take(InterceptingPublishEventArgs args, byte[] body)
    {
        using var expanding = new BrotliStream(new MemoryStream(body), CompressionMode.Decompress);
        using var expanded = new MemoryStream();
        expanding.CopyTo(expanded);
        var batch = WireForm.TryDecodeBatch(expanded.ToArray(), out var decoded, out var reason) ? decoded : throw new InvalidDataException(reason);
        var answer = Judge(batch);
        args.CloseConnection = answer != HubAnswer.Acknowledge;
        if (answer != HubAnswer.Disconnect)
        {
            _batches.Enqueue(batch);
        }
    }

    private async Task AnswerTwinAsync(string topic, byte[] body)
    {
        var request = topic.Split("$rid=")[1];
        if (IsDeaf)
        {
            return;
        }

        if (topic.StartsWith("$iothub/twin/GET/", StringComparison.Ordinal))
        {
            byte[] twin;
            lock (_lock)
            {
                twin = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["desired"] = _desired.DeepClone(), ["reported"] = _reported.DeepClone() });
            }

            await SayAsync($"$iothub/twin/res/200/?$rid={request}", twin);
            return;
        }

        lock (_lock)
        {
            foreach (var (name, value) in JsonNode.Parse(body)!.AsObject())
            {
                _reported[name] = value?.DeepClone();
            }
        }

        await SayAsync($"$iothub/twin/res/204/?$rid={request}&$version=3", []);
    }

    private async Task SayAsync(string topic, byte[] body)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(body).Build();
        foreach (var session in (await _server.GetSessionsAsync()).Where(session => session.Id == Client))
        {
            session.TryEnqueueApplicationMessage(message, out _);
        }
    }
}
