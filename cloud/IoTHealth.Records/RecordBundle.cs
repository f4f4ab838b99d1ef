using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>
/// A transaction of conditional creates for many measurements. Each distinct Patient, Device and gateway stands in it once;
/// sending it again creates nothing twice. What was told wrongly is taken back by an update.
/// </summary>
public sealed class RecordBundle
{
    private static readonly JsonSerializerOptions Json = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector);

    private readonly Bundle _bundle = new() { Type = Bundle.BundleType.Transaction };
    private readonly Dictionary<(string System, string Value), string> _urls = [];

    private RecordBundle()
    {
    }

    /// <exception cref="UnmappableException">One of the measurements has no FHIR form.</exception>
    public static Bundle Of(IEnumerable<AttributedMeasurement> measurements)
    {
        var bundle = new RecordBundle();
        foreach (var measurement in measurements)
        {
            bundle.Add(measurement);
        }

        return bundle._bundle;
    }

    /// <summary>FHIR JSON, UTF-8.</summary>
    public static byte[] Serialize(Bundle bundle) => JsonSerializer.SerializeToUtf8Bytes(bundle, Json);

    /// <summary>A transaction of no resident's: it names this program as a Device. Who takes it, takes transactions.</summary>
    public static Bundle OfProgram()
    {
        var bundle = new RecordBundle();
        bundle.Once(Systems.Agent, ProvenanceRecord.Program, DeviceRecord.OfProgram);
        return bundle._bundle;
    }

    /// <summary>A transaction that puts Observations told before to entered-in-error, by their identifiers.</summary>
    public static Bundle TakingBack(IEnumerable<AttributedMeasurement> measurements)
    {
        var bundle = new RecordBundle();
        foreach (var measurement in measurements)
        {
            bundle.TakeBack(measurement);
        }

        return bundle._bundle;
    }

    private void Add(AttributedMeasurement attributed)
    {
        var links = Links(attributed);
        var told = attributed.Document is null
            ? Once(Systems.Observation, attributed.ObservationIdentifier, () => ObservationRecord.Of(attributed, links))
            : Once(Systems.Document, attributed.ObservationIdentifier, () => DocumentRecord.Of(attributed, links));
        Put(ProvenanceRecord.IdOf(attributed), ProvenanceRecord.Of(attributed, told, links.Gateway));
    }

    private void TakeBack(AttributedMeasurement wrong)
    {
        var system = wrong.Document is null ? Systems.Observation : Systems.Document;
        var url = Url(system, wrong.ObservationIdentifier);
        if (_urls.TryAdd((system, wrong.ObservationIdentifier), url))
        {
            Resource told = wrong.Document is null ? ObservationRecord.TakenBack(wrong, Links(wrong)) : DocumentRecord.TakenBack(wrong, Links(wrong));
            Write(url, told, $"{told.TypeName}?{Search(system, wrong.ObservationIdentifier)}");
        }
    }

    private ObservationLinks Links(AttributedMeasurement attributed)
    {
        var patient = attributed.Resident.Identifier;
        var origin = attributed.Origin.Journal.Gateway;
        var device = attributed.Measurement.Device;
        return new ObservationLinks(
            Once(patient.System, patient.Value, () => PatientRecord.Of(attributed.Resident)),
            Once(Systems.Device, device.Key, () => DeviceRecord.Of(device)),
            Once(Systems.Gateway, origin, () => DeviceRecord.OfGateway(origin)));
    }

    private string Once(string system, string value, Func<Resource> resource)
    {
        if (!_urls.TryGetValue((system, value), out var url))
        {
            url = Url(system, value);
            Create(url, resource(), Search(system, value));
            _urls.Add((system, value), url);
        }

        return url;
    }

    private void Create(string url, Resource resource, string ifNoneExist) => _bundle.Entry.Add(new Bundle.EntryComponent
    {
        FullUrl = url,
        Resource = resource,
        Request = new Bundle.RequestComponent { Method = Bundle.HTTPVerb.POST, Url = resource.TypeName, IfNoneExist = ifNoneExist },
    });

    private void Put(string id, Provenance provenance)
    {
        var url = Url("Provenance", id);
        if (_urls.TryAdd(("Provenance", id), url))
        {
            Write(url, provenance, $"Provenance/{id}");
        }
    }

    private void Write(string fullUrl, Resource resource, string url) => _bundle.Entry.Add(new Bundle.EntryComponent
    {
        FullUrl = fullUrl,
        Resource = resource,
        Request = new Bundle.RequestComponent { Method = Bundle.HTTPVerb.PUT, Url = url },
    });

    private static string Search(string system, string value) => $"identifier={Token(system)}|{Token(value)}";

    /// <summary>Part of a search token: FHIR's own escapes first (R4 search, 3.1.1.4.9), then the address's.</summary>
    private static string Token(string text) => Uri.EscapeDataString(
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal));

    private static string Url(string system, string value) =>
        $"urn:uuid:{new Guid(MeasurementId.Of("url", system, value).ToBytes(), bigEndian: true):D}";
}
