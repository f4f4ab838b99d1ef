using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;
using SecretFile = IoTHealth.Testing.SecretFile;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>The signed document that the twin names: taken whole or refused whole.</summary>
public sealed class DesiredConfigurationTests : IAsyncLifetime
{
    private const string Bootstrap =
        """
        uplink: { host: 127.0.0.1, port: 1, hubHost: hub.iothealth.local, keyFile: gw-01.key, ca: ca.pem }
        configuration: { trust: [operator.pem] }
        """;

    private readonly Box _box = new();
    private readonly Operator _operator = new();
    private readonly Operator _stranger = new();
    private readonly CountingPart _touched = new();
    private DocumentServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _box.Write("operator.pem", _operator.PublicKey);
        SecretFile.Write(_box.Folder.File("gw-01.key"), Convert.ToBase64String(new byte[32]));
        _server = new DocumentServer(_box.Folder.File("edge.pem"), _box.Folder.File("edge.key"));
        await _server.StartAsync();
        await StartAsync(Document("", "robot-01"));
    }

    public async ValueTask DisposeAsync()
    {
        await _box.DisposeAsync();
        await _server.DisposeAsync();
        _operator.Dispose();
        _stranger.Dispose();
    }

    public static TheoryData<string, string> BadPushes => new()
    {
        { "another's signature", "signed with a key that this box does not trust" },
        { "signature of another document", "the signature does not fit the document" },
        { "another hash", "the document's hash is" },
        { "another version", "configuration 2:1:1: the document's version is 3, and the twin names 2" },
        { "older version", "configuration 1:1:1: version 1 is not newer than 1.5, which is in force" },
        { "bad schema", "configuration 2:7:" },
        { "unknown profile", "configuration 2:7:" },
        { "twins", "the key 'robot-01' is given twice" },
        { "rules by path", "configuration 2:8:11: a rule file could be edited on the box" },
        { "missing passkey", "the file is missing" },
        { "bad rule in the book", "configuration 2:8:11:" },
        { "needs a restart", "configuration 2:2:1: 'gateway' differs" },
        { "no version", "a signed document needs a 'version'" },
        { "oversized", "more than 4194304 bytes" },
        { "not signed", "this is not a signed document" },
        { "nothing there", "answers 404" },
        { "plain http", "is not an https address" },
        { "not UTF-8", "is not UTF-8" },
    };

    [Theory]
    [MemberData(nameof(BadPushes))]
    public async Task A_bad_push_is_refused_whole_and_the_old_one_goes_on(string what, string reason)
    {
        await PushAsync("1.5", Document("1.5", "robot-01"));
        using var robot = await _box.ConnectAsync("robot-01");
        var before = (_touched.Times, _box.Running.Current.Digest, Kept());

        var report = await PushBadAsync(what);

        Assert.Equal("refused", (string?)report["state"]);
        Assert.Contains(reason, (string?)report["reason"], StringComparison.Ordinal);
        Assert.Equal(what == "nothing there", Section.IsUnfinished);
        Assert.Equal(before, (_touched.Times, _box.Running.Current.Digest, Kept()));
        Assert.Equal(_box.Running.Current.Digest, (string?)report["running"]);
        Assert.True(await robot.PublishAsync());
        Assert.Equal(0, robot.Cuts);
    }

    [Fact]
    public async Task A_push_is_applied_reported_and_in_force_after_a_restart()
    {
        var report = await PushAsync("2026-11-24.3", Document("2026-11-24.3", "robot-01", "robot-02"));
        Assert.Equal(("applied", "2026-11-24.3", null), ((string?)report["state"], (string?)report["version"], (string?)report["reason"]));
        Assert.Equal((string?)report["sha256"], (string?)report["running"]);
        Assert.StartsWith("SharedAccessSignature sr=hub.iothealth.local%2Fdevices%2Fgw-01&sig=", Assert.Single(_server.Authorizations), StringComparison.Ordinal);
        Assert.Equal(["robot-01", "robot-02"], Registered());

        await _box.StopAsync();
        await StartAsync(Document("", "robot-01"));
        Assert.Equal(["robot-01", "robot-02"], Registered());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Store.Path));
    }

    [Fact]
    public async Task An_identical_push_touches_and_fetches_nothing()
    {
        await PushAsync("1", Document("1", "robot-01", "robot-02"));
        var (touched, asked) = (_touched.Times, _server.Authorizations.Count);
        Assert.Equal("applied", (string?)(await PushAsync("1", Document("1", "robot-01", "robot-02")))["state"]);
        Assert.Equal((touched, asked), (_touched.Times, _server.Authorizations.Count));

        // Said anew with nothing new in it: it is taken, and no part is touched.
        Assert.Equal("applied", (string?)(await PushAsync("1", "# anew\n" + Document("2", "robot-01", "robot-02"), "2"))["state"]);
        Assert.Equal(touched + 1, _touched.Times);
    }

    [Fact]
    public async Task Versions_are_ordered_by_number_and_a_refused_one_can_be_mended()
    {
        await PushAsync("2026-11-9.2", Document("2026-11-9.2", "robot-01"));
        Assert.Equal("refused", (string?)(await PushAsync("2026-11-10.1", Document("2026-11-10.1", "robot-01") + "oops: 1\n"))["state"]);
        Assert.Equal("applied", (string?)(await PushAsync("2026-11-10.1", Document("2026-11-10.1", "robot-02")))["state"]);
        Assert.Equal(["robot-02"], Registered());
        Assert.Equal("refused", (string?)(await PushAsync("2026-11-9.2", Document("2026-11-9.2", "robot-01")))["state"]);
    }

    [Fact]
    public async Task Rules_may_stand_in_the_document_itself()
    {
        var report = await PushAsync("1", Document("1", "robot-01") + "alarms: { book: [ { key: away, kind: bed-exit, codes: [exited], severity: high, text: { ja: 離床, en: away } } ] }\n");
        Assert.Equal("applied", (string?)report["state"]);
        using var robot = await _box.ConnectAsync("robot-01");
        Assert.True(await robot.PublishAsync());
        await Eventually.HoldsAsync(
            "an alarm of its rule", () => _box.App.Services.GetRequiredService<AlarmDesk>().List(10).Any(pair => pair.Alarm.Rule == "away"), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_local_edit_is_a_proposal_while_a_signed_document_is_in_force()
    {
        await PushAsync("1", Document("1", "robot-01"));
        _box.Write("edge.yaml", Document("", "robot-01", "robot-09"));
        await Eventually.HoldsAsync("the edit is seen", () => _box.App.Services.GetRequiredService<ConfigurationStatus>().Proposal is not null, TimeSpan.FromSeconds(20));
        Assert.Equal(["robot-01"], Registered());
        var report = await PushAsync("1", Document("1", "robot-01"));
        Assert.Equal(EdgeConfiguration.Load(_box.ConfigurationFile).Digest, (string?)report["proposal"]);
    }

    [Theory]
    [InlineData("damaged", "is in force in its place", "robot-01")]
    [InlineData("readable by others", "others than its owner can read it", "robot-01")]
    [InlineData("both gone bad", "edge.yaml is in force in its place", "robot-00")]
    public async Task A_kept_document_that_went_bad_is_told_and_the_best_there_is_stands_in(string what, string trouble, string device)
    {
        await PushAsync("1", Document("1", "robot-01"));
        await PushAsync("2", Document("2", "robot-02"));
        await _box.StopAsync();
        if (what == "readable by others")
        {
            File.SetUnixFileMode(Store.Path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }
        else
        {
            SecretFile.Write(Store.Path, File.ReadAllText(Store.Path).Replace("\"document\":\"", "\"document\":\"AAAA", StringComparison.Ordinal));
        }

        if (what == "both gone bad")
        {
            SecretFile.Write(Store.PreviousPath, "{");
        }

        await StartAsync(Document("", "robot-00"));
        Assert.Equal([device], Registered());
        Assert.Contains(_box.App.Services.GetRequiredService<Health>().Problems(), problem => problem.Contains(trouble, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_could_not_be_fetched_is_unfinished_until_it_is_had()
    {
        var document = Encoding.UTF8.GetBytes(Document("1", "robot-02"));
        (_server.Body, _server.Status) = (_operator.Sign(document), 503);
        var desired = Operator.Desired(document, "1", _server.Url);
        Assert.EndsWith("answers 503; it will be tried again", (string?)(await ApplyAsync(desired))["reason"], StringComparison.Ordinal);
        Assert.True(Section.IsUnfinished);
        _server.Status = 200;
        Assert.Equal("applied", (string?)(await ApplyAsync(desired))["state"]);
        Assert.False(Section.IsUnfinished);
        Assert.Equal(["robot-02"], Registered());
    }

    private IDesiredSection Section => _box.App.Services.GetServices<IDesiredSection>().Single(section => section.Name == "configuration");

    private ConfigurationStore Store => new(_box.Folder.File("data"));

    private static string Document(string version, params IEnumerable<string> robots) => Box.Document(robots.Select(robot => Box.Robot(robot)), Bootstrap, version);

    private Task StartAsync(string local) => _box.StartAsync(local, services => services.AddSingleton<IReconfigurable>(_touched));

    private string Kept() => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Store.Path)));

    private Task<JsonObject> PushAsync(string version, string document, string? named = null)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        _server.Body = _operator.Sign(bytes);
        return ApplyAsync(Operator.Desired(bytes, named ?? version, _server.Url));
    }

    private async Task<JsonObject> PushBadAsync(string what)
    {
        var good = Document("2", "robot-01", "robot-02");
        var text = what switch
        {
            "another version" => Document("3", "robot-01"),
            "older version" => Document("1", "robot-01"),
            "no version" => Document("", "robot-01"),
            "bad schema" => good.Replace("serial: robot-02", "serial: 7", StringComparison.Ordinal),
            "unknown profile" => good.Replace("watch-over-robot", "toaster", StringComparison.Ordinal),
            "twins" => Box.Document([Box.Robot("robot-01"), Box.Robot("robot-01", serial: "x")], Bootstrap, "2"),
            "rules by path" => Box.Document([Box.Robot("robot-01")], "alarms: { rules: rules.yaml }\n" + Bootstrap, "2"),
            "bad rule in the book" => Box.Document([Box.Robot("robot-01")], "alarms: { book: [ { key: x } ] }\n" + Bootstrap, "2"),
            "missing passkey" => Box.Document(
                ["{ key: cuff-01, profile: blood-pressure-cuff, maker: A, model: B, serial: C, place: D, radio: { address: \"C0:26:DA:00:00:01\", passkeyFile: none } }"], Bootstrap, "2"),
            "needs a restart" => good.Replace("gateway: gw-01", "gateway: gw-02", StringComparison.Ordinal),
            _ => good,
        };
        var bytes = what == "not UTF-8" ? [.. Encoding.UTF8.GetBytes(good), 0xC3, 0x28] : Encoding.UTF8.GetBytes(text);
        var desired = Operator.Desired(bytes, what == "older version" ? "1" : "2", what == "plain http" ? "http://127.0.0.1/x" : _server.Url);
        desired["sha256"] = what == "another hash" ? new string('0', 64) : desired["sha256"]!.DeepClone();
        _server.Status = what == "nothing there" ? 404 : 200;
        _server.Body = what switch
        {
            "another's signature" => _stranger.Sign(bytes),
            "signature of another document" => _operator.Sign(bytes, "other"u8.ToArray()),
            "oversized" => _operator.Sign([.. bytes, .. new byte[SignedDocument.BytesMaximum]]),
            "not signed" => bytes,
            _ => _operator.Sign(bytes),
        };
        return await ApplyAsync(desired);
    }

    private async Task<JsonObject> ApplyAsync(JsonObject desired)
    {
        return (await Section.ApplyAsync(desired, TestContext.Current.CancellationToken))!.AsObject();
    }

    private IEnumerable<string> Registered() =>
        _box.App.Services.GetRequiredService<DeviceRegistry>().Devices.Select(device => device.Context.Key).Order(StringComparer.Ordinal);
}
