using System.Text.Json.Nodes;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>Documents that came with readings, in parts.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private static readonly byte[] Content = [.. "%PDF-1.4 "u8, .. new byte[(2 * DocumentPart.ContentMaximum) + 5]];

    private RecordBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await RecordBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_whole_document_becomes_one_report_with_its_very_bytes()
    {
        await _bench.AppendAsync([Readings.Entry(1, Readings.Assignment()), .. Parts(2)]);
        await _bench.DrainAsync();
        var report = Assert.Single(Reports());
        Assert.Equal(Content, Convert.FromBase64String((string)report["presentedForm"]![0]!["data"]!));
        Assert.Equal(("application/pdf", "Report"), ((string?)report["presentedForm"]![0]!["contentType"], (string?)report["presentedForm"]![0]!["title"]));
        Assert.Equal("2026-11-23T18:12:00.123Z", (string?)report["effectiveDateTime"]);
        Assert.Single(_bench.Fhir.Observations);
        Assert.Equal(new FeedCount(1, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task A_document_waits_for_its_last_part_whatever_their_order()
    {
        var parts = Parts(2);
        await _bench.AppendAsync(Readings.Entry(1, Readings.Assignment()), parts[2], parts[0]);
        await _bench.DrainAsync();
        Assert.Empty(Reports());
        await _bench.AppendAsync(parts[1]);
        await _bench.DrainAsync();
        Assert.Single(Reports());
    }

    [Fact]
    public async Task Parts_that_came_by_two_shards_make_one_report()
    {
        var parts = Parts(2);
        await _bench.AppendAsync(Readings.Entry(1, Readings.Assignment()), parts[0]);
        var other = await _bench.Log.TakeOverAsync(2, TestContext.Current.CancellationToken);
        var journal = new JournalId("gw-02", Guid.NewGuid());
        other = await _bench.Log.AppendAsync(
            other, [Readings.Batch(parts[1]) with { Journal = journal }], Readings.Instant.AddHours(1), TestContext.Current.CancellationToken);
        await _bench.DrainAsync();
        Assert.Empty(Reports());

        // The last part is in the shard whose other part was received before.
        await _bench.AppendAsync(parts[2]);
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        Assert.Single(Reports());
    }

    [Fact]
    public async Task A_document_without_a_resident_waits_and_one_of_another_is_taken_back()
    {
        await _bench.AppendAsync(Parts(1));
        await _bench.DrainAsync();
        Assert.Empty(Reports());
        Assert.Equal(["unassigned"], await _bench.ReasonsAsync());
        await _bench.AppendAsync(Readings.Entry(4, Readings.Assignment()));
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        var wrong = Readings.Assignment();
        await _bench.AppendAsync(Readings.Entry(5, wrong with { To = wrong.From }), Readings.Entry(6, Readings.Assignment("r-002")));
        await _bench.DrainAsync();
        Assert.Equal(["r-001", "r-002"], _bench.Fhir.Observations.Select(told => told.Split('.')[1]));
        Assert.Equal(_bench.Fhir.Observations.Take(1), _bench.Fhir.TakenBack);
        Assert.All(Reports().Where(report => (string?)report["status"] == "entered-in-error"), report => Assert.Null(report["presentedForm"]));
    }

    [Fact]
    public async Task The_message_a_report_came_in_stays_in_the_log()
    {
        var parts = DocumentPart.Split(Readings.Robot, "ORU^R01", "x-application/hl7-v2+er7", "MSH|"u8.ToArray(), Readings.HeartRate(0).Time);
        await _bench.AppendAsync([Readings.Entry(1, Readings.Assignment()), .. parts.Select(part => Entry(2, part))]);
        await _bench.DrainAsync();
        Assert.Empty(Reports());
        Assert.Equal(new FeedCount(0, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task Parts_that_do_not_fit_together_are_refused_with_the_reason()
    {
        var part = DocumentPart.Split(Readings.Robot, "Report", "application/pdf", Content, Readings.HeartRate(0).Time)[0] with { Count = 1 };
        await _bench.AppendAsync(Readings.Entry(1, Readings.Assignment()), Entry(2, part));
        await _bench.DrainAsync();
        Assert.Empty(Reports());
        Assert.Contains("digest", Assert.Single(await _bench.Store.RefusedAsync(10, TestContext.Current.CancellationToken)).Reason, StringComparison.Ordinal);
    }

    private static Entry[] Parts(long first) =>
        [.. DocumentPart.Split(Readings.Robot, "Report", "application/pdf", Content, Readings.HeartRate(0).Time).Select((part, index) => Entry(first + index, part))];

    private static Entry Entry(long position, DocumentPart part) => new(
        position, EntryKind.DocumentPart, part.Id, WireForm.RevisionOf(part.Content.Span), EntryPriority.Episode, WireForm.Encode(part));

    private List<JsonObject> Reports() =>
        [.. _bench.Fhir.Transactions.SelectMany(transaction => FhirEndpoint.Resources(transaction, "DiagnosticReport"))];
}
