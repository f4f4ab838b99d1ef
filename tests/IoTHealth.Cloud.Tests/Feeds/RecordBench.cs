using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>The record feed over a real log and a real HTTPS endpoint, on clocks that cost no time.</summary>
internal sealed class RecordBench : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly TestCertificates _certificates;
    private readonly HttpClient _http;
    private readonly SqliteFile _file;
    private ShardLease _lease = null!;

    private RecordBench(TestCertificates certificates, FhirEndpoint fhir, TestFolder folder)
    {
        (_certificates, Fhir, _folder) = (certificates, fhir, folder);
        _http = FhirClient.Trusting(certificates.AuthorityFile);
        Log = SqliteMeasurementLog.Open(folder.File("log.db"));
        _file = SqliteFile.Open(folder.File("cloud.db"), FeedStore.Schema + AttributionStore.Schema);
        Store = new FeedStore(_file, Clock);
        Delivery = new BundleDelivery(new FhirClient(_http, fhir.Url), Residents, new HastyTime(), NullLogger<BundleDelivery>.Instance);
        Reader = new FeedReader(
            new RecordFeed(new AttributionStore(_file), Log, Residents, Delivery), Log, Store, Residents, new CommitSignal(), Clock, Logger);
        Residents.Replace(ResidentsText.Parse("permit"));
    }

    public FakeTimeProvider Clock { get; } = new(Readings.Instant);

    public ListLogger<FeedReader> Logger { get; } = new();

    public ResidentDirectory Residents { get; } = new();

    public FhirEndpoint Fhir { get; }

    public SqliteMeasurementLog Log { get; }

    public FeedStore Store { get; }

    public BundleDelivery Delivery { get; }

    public FeedReader Reader { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RecordBench> StartAsync()
    {
        var folder = new TestFolder();
        var certificates = new TestCertificates(folder.Path, TimeProvider.System);
        certificates.Issue("fhir");
        var bench = new RecordBench(certificates, await FhirEndpoint.StartAsync(folder), folder);
        bench._lease = await bench.Log.TakeOverAsync(1, Stop);
        return bench;
    }

    public async Task AppendAsync(params Entry[] entries) =>
        _lease = await Log.AppendAsync(_lease, [Readings.Batch(entries)], Readings.Instant, Stop);

    public async Task DrainAsync()
    {
        while (await Reader.StepAsync(Stop))
        {
        }
    }

    public Task<FeedCount> CountAsync() => Store.CountAsync(RecordFeed.FeedName, Stop);

    public async Task<IEnumerable<string>> ReasonsAsync() => (await Store.AwaitingAsync(1000, Stop)).Select(reading => reading.Reason);

    public async ValueTask DisposeAsync()
    {
        await Fhir.DisposeAsync();
        await Log.DisposeAsync();
        await _file.DisposeAsync();
        _http.Dispose();
        _certificates.Dispose();
        _folder.Dispose();
    }
}
