using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Cloud.Tests.Feeds;

public sealed class RecordFeedTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly ResidentDirectory _residents = new();
    private TestCertificates _certificates = null!;
    private FhirEndpoint _fhir = null!;
    private SqliteMeasurementLog _log = null!;
    private SqliteFile _file = null!;
    private FeedStore _store = null!;
    private FeedReader _reader = null!;
    private HttpClient _http = null!;
    private ShardLease _lease = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _certificates = new TestCertificates(_folder.Path, TimeProvider.System);
        _certificates.Issue("fhir");
        _fhir = await FhirEndpoint.StartAsync(_folder);
        _http = FhirClient.Trusting(_certificates.AuthorityFile);
        _log = SqliteMeasurementLog.Open(_folder.File("log.db"));
        _file = SqliteFile.Open(_folder.File("cloud.db"), FeedStore.Schema + AttributionStore.Schema);
        _store = new FeedStore(_file, TimeProvider.System);
        _reader = Reader();
        _lease = await _log.TakeOverAsync(1, Stop);
        Consent("permit");
    }

    public async ValueTask DisposeAsync()
    {
        await _fhir.DisposeAsync();
        await _log.DisposeAsync();
        await _file.DisposeAsync();
        _http.Dispose();
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_assigned_reading_is_delivered()
    {
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));

        await DrainAsync();

        Assert.Equal([$"{Readings.HeartRate(2).Id}.r-001.1"], _fhir.Observations);
        Assert.Equal(new FeedCount(1, 0, 0, 0), await CountAsync());
        Assert.Equal(0, await _reader.BehindAsync(Stop));
    }

    [Fact]
    public async Task An_unassigned_reading_waits_and_is_delivered_once_assigned()
    {
        await AppendAsync(Readings.Entry(1, Readings.HeartRate(1)));
        await DrainAsync();
        Assert.Empty(_fhir.Transactions);
        Assert.Equal("unassigned", Assert.Single(await _store.AwaitingAsync(10, Stop)).Reason);

        await AppendAsync(Readings.Entry(2, Readings.Assignment()));
        await DrainAsync();

        Assert.Single(_fhir.Observations);
        Assert.Equal(new FeedCount(1, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task An_overlap_waits_until_one_statement_is_taken_back()
    {
        var other = Readings.Assignment("r-002", Readings.Instant.AddHours(-1));
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, other), Readings.Entry(3, Readings.HeartRate(3)));
        await DrainAsync();
        Assert.Equal("overlapping", Assert.Single(await _store.AwaitingAsync(10, Stop)).Reason);

        await AppendAsync(Readings.Entry(4, other with { To = other.From }));
        await DrainAsync();

        Assert.EndsWith(".r-001.1", Assert.Single(_fhir.Observations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_was_another_residents_is_corrected_old_one_first()
    {
        var wrong = Readings.Assignment();
        await AppendAsync(Readings.Entry(1, wrong), Readings.Entry(2, Readings.HeartRate(2)));
        await DrainAsync();

        await AppendAsync(Readings.Entry(3, wrong with { To = wrong.From }), Readings.Entry(4, Readings.Assignment("r-002")));
        await DrainAsync();

        var id = Readings.HeartRate(2).Id;
        Assert.Equal([$"{id}.r-001.1", $"{id}.r-002.2"], _fhir.Observations);
        Assert.Equal([$"final {id}.r-001.1", $"entered-in-error {id}.r-001.1", $"final {id}.r-002.2"], Told());
        Assert.Equal(new FeedCount(1, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task A_take_back_that_is_refused_does_not_keep_its_neighbours()
    {
        var (wrong, stubborn) = (Readings.Assignment(), Readings.HeartRate(7).Id.ToString());
        _fhir.Judge = bundle => bundle.ToJsonString() is var text && text.Contains("entered-in-error", StringComparison.Ordinal)
            && text.Contains(stubborn, StringComparison.Ordinal) ? 422 : 200;
        await AppendAsync([Readings.Entry(1, wrong), .. Enumerable.Range(2, 20).Select(n => Readings.Entry(n, Readings.HeartRate(n)))]);
        await DrainAsync();

        await AppendAsync(Readings.Entry(30, wrong with { To = wrong.From }), Readings.Entry(31, Readings.Assignment("r-002")));
        await DrainAsync();

        Assert.Equal(20, _fhir.Observations.Count(o => o.Contains(".r-002.2", StringComparison.Ordinal)));
        Assert.Equal(19, _fhir.TakenBack.Count);
    }

    [Fact]
    public async Task A_reading_that_is_nobodys_any_more_is_taken_back_and_waits()
    {
        var wrong = Readings.Assignment();
        await AppendAsync(Readings.Entry(1, wrong), Readings.Entry(2, Readings.HeartRate(2)));
        await DrainAsync();

        await AppendAsync(Readings.Entry(3, wrong with { To = wrong.From }));
        await DrainAsync();

        Assert.Equal([$"final {Readings.HeartRate(2).Id}.r-001.1", $"entered-in-error {Readings.HeartRate(2).Id}.r-001.1"], Told());
        Assert.Equal(new FeedCount(0, 1, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task Other_content_of_the_same_reading_corrects_it_within_one_page()
    {
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)), Readings.Entry(3, Readings.HeartRate(2, 60)));

        await DrainAsync();

        var id = Readings.HeartRate(2).Id;
        Assert.Equal([$"final {id}.r-001.1", $"entered-in-error {id}.r-001.1", $"final {id}.r-001.2"], Told());
    }

    [Fact]
    public async Task Ending_an_assignment_leaves_what_was_delivered_alone()
    {
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));
        await DrainAsync();

        await AppendAsync(Readings.Entry(3, Readings.Assignment(to: Readings.Instant.AddHours(1))));
        await DrainAsync();

        Assert.Single(_fhir.Transactions);
    }

    [Fact]
    public async Task Without_consent_a_reading_is_withheld_and_counted()
    {
        Consent("deny");
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));

        await DrainAsync();

        Assert.Empty(_fhir.Transactions);
        Assert.Equal(new FeedCount(0, 0, 1, 0), await CountAsync());
    }

    [Fact]
    public async Task Consent_withdrawn_while_the_receiver_is_down_holds_for_the_next_attempt()
    {
        _fhir.Judge = _ =>
        {
            Consent("deny");
            return 503;
        };
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));

        await DrainAsync();

        Assert.Single(_fhir.Transactions);
        Assert.Equal(new FeedCount(0, 0, 1, 0), await CountAsync());
    }

    [Theory]
    [InlineData(409)]
    [InlineData(503)]
    [InlineData(401)]
    public async Task A_passing_fault_is_waited_out(int status)
    {
        var attempts = 0;
        _fhir.Judge = _ => Interlocked.Increment(ref attempts) < 3 ? status : 200;
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));

        await DrainAsync();

        Assert.Equal(3, attempts);
        Assert.Single(_fhir.Observations);
    }

    [Fact]
    public async Task A_refused_measurement_goes_to_quarantine_and_its_neighbours_arrive()
    {
        var poison = Readings.HeartRate(33).Id.ToString();
        _fhir.Judge = bundle => bundle.ToJsonString().Contains(poison, StringComparison.Ordinal) ? 422 : 200;
        await AppendAsync([Readings.Entry(1, Readings.Assignment()), .. Enumerable.Range(2, 99).Select(n => Readings.Entry(n, Readings.HeartRate(n)))]);

        await DrainAsync();

        Assert.Equal(98, _fhir.Observations.Count);
        Assert.Empty(_fhir.Repeated);
        Assert.Equal(new FeedCount(98, 0, 0, 1), await CountAsync());
        Assert.Equal("HTTP 422: no good", Assert.Single(await _store.RefusedAsync(10, Stop)).Reason);
    }

    [Fact]
    public async Task A_measurement_without_a_fhir_form_goes_to_quarantine_and_its_neighbours_arrive()
    {
        var unknown = Readings.Of("mood", 2, new Component("mood", new MeasuredValue.Absent("unknown")));
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, unknown), Readings.Entry(3, Readings.HeartRate(3)));

        await DrainAsync();

        Assert.Equal(new FeedCount(1, 0, 0, 1), await CountAsync());
    }

    [Fact]
    public async Task A_payload_that_cannot_be_read_goes_to_quarantine()
    {
        await AppendAsync(Readings.Entry(1, Readings.HeartRate(1)) with { Payload = new byte[] { 0xff } });

        await DrainAsync();

        Assert.Equal([0xff], Assert.Single(await _store.RefusedAsync(10, Stop)).Bytes);
    }

    [Fact]
    public async Task A_crash_between_delivery_and_cursor_repeats_the_same_identifiers()
    {
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)), Readings.Entry(3, Readings.HeartRate(2, 60)));
        await DrainAsync();
        await _file.WriteAsync(connection => { connection.Run("delete from cursor; delete from feed"); }, Stop);

        _reader = Reader();
        await DrainAsync();

        Assert.Equal(2, _fhir.Observations.Count);
        Assert.Equal(2, _fhir.Repeated.Count);
        Assert.Equal(new FeedCount(2, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task A_new_patient_is_created_by_one_bundle_before_others_go_in_parallel()
    {
        await AppendAsync([Readings.Entry(1, Readings.Assignment()), .. Enumerable.Range(2, 500).Select(n => Readings.Entry(n, Readings.HeartRate(n)))]);

        await DrainAsync();

        Assert.Equal(500, _fhir.Observations.Count);
        Assert.All(_fhir.Transactions, bundle => Assert.True(FhirEndpoint.Resources(bundle, "Observation").Count() <= 50));
        Assert.All(_fhir.Transactions, bundle => Assert.Single(FhirEndpoint.Resources(bundle, "Patient")));
    }

    [Fact]
    public void An_answer_that_is_no_transaction_response_is_not_taken_for_one()
    {
        Assert.IsType<FhirAnswer.Later>(FhirAnswer.Of(System.Net.HttpStatusCode.OK, "<html>sign in</html>"u8, 1));
        Assert.IsType<FhirAnswer.Later>(FhirAnswer.Of(System.Net.HttpStatusCode.OK, """{"resourceType":"Bundle","type":"transaction-response"}"""u8, 1));
    }

    [Fact]
    public async Task A_reader_is_woken_by_a_commit()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var signal = new CommitSignal();
        var running = Reader(signal).RunAsync(stop.Token);
        await AppendAsync(Readings.Entry(1, Readings.Assignment()), Readings.Entry(2, Readings.HeartRate(2)));
        signal.Raise();

        await Eventually.HoldsAsync("the reading is delivered", () => !_fhir.Observations.IsEmpty, TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        await running;
    }

    private FeedReader Reader(CommitSignal? signal = null)
    {
        var delivery = new BundleDelivery(
            new FhirClient(_http, _fhir.Url), _residents, TimeProvider.System, NullLogger<BundleDelivery>.Instance);
        return new FeedReader(
            new RecordFeed(new AttributionStore(_file), _log, _residents, delivery), _log, _store, _residents, signal ?? new CommitSignal(),
            TimeProvider.System, NullLogger<FeedReader>.Instance);
    }

    private void Consent(string decision) => _residents.Replace(ResidentsText.Parse(decision));

    private async Task AppendAsync(params Entry[] entries) =>
        _lease = await _log.AppendAsync(_lease, [Readings.Batch(entries)], Readings.Instant, Stop);

    private async Task DrainAsync()
    {
        while (await _reader.StepAsync(Stop))
        {
        }
    }

    private IEnumerable<string> Told() => _fhir.Transactions.SelectMany(bundle => FhirEndpoint.Resources(bundle, "Observation"))
        .Select(observation => $"{(string)observation["status"]!} {(string)observation["identifier"]![0]!["value"]!}");

    private Task<FeedCount> CountAsync() => _store.CountAsync(RecordFeed.FeedName, Stop);
}
