using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Fhir;

/// <summary>A version about to be stored.</summary>
internal sealed record NewVersion(string Type, string Id, int Version, string At, byte[] Resource);

/// <summary>
/// All resources of the receiver. <c>fhir.jsonl</c> is the store itself: every version is one line, memory holds where the
/// latest lies. One writer at a time, see <see cref="EnterAsync"/>.
/// </summary>
internal sealed class ResourceStore : IDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Type, string Id), StoredResource> _latest = [];
    private readonly Dictionary<(string Type, string Identifier), HashSet<string>> _byIdentifier = [];
    private readonly LineFile _file;
    private long _order;

    private ResourceStore(LineFile file) => _file = file;

    public static ResourceStore Open(string folder)
    {
        var path = Path.Combine(folder, "fhir.jsonl");
        var store = new ResourceStore(LineFile.Open(path));
        foreach (var line in LineReader.Read(path))
        {
            store.Remember(Json.Parse(path, line, version => store.Read(version, line)));
        }

        return store;
    }

    /// <summary>Waits to be the only writer.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken stop)
    {
        await _writer.WaitAsync(stop);
        return new Exit(_writer);
    }

    public StoredResource? Find(string type, string id)
    {
        lock (_gate)
        {
            return _latest.GetValueOrDefault((type, id));
        }
    }

    public IReadOnlyList<StoredResource> Find(string type, SearchQuery query)
    {
        lock (_gate)
        {
            return [.. Candidates(type, query).Where(query.Matches)];
        }
    }

    /// <summary>The resource as it was stored.</summary>
    public byte[] Read(StoredResource stored)
    {
        using var line = JsonDocument.Parse(_file.Read(stored.Offset, stored.Length));
        return JsonMarshal.GetRawUtf8Value(line.RootElement.GetProperty("resource")).ToArray();
    }

    /// <summary>Stores all versions in one write, handed to the operating system before this returns.</summary>
    public void Append(IReadOnlyList<NewVersion> versions)
    {
        var lines = new ArrayBufferWriter<byte>(versions.Sum(v => v.Resource.Length + 128) + 1);
        var ends = versions.Select(version => WriteLine(lines, version)).ToArray();
        var offset = _file.Append(lines.WrittenSpan);
        for (var (n, begin) = (0, 0); n < ends.Length; begin = ends[n++])
        {
            using var resource = JsonDocument.Parse(versions[n].Resource);
            var (type, id, version, at, _) = versions[n];
            Remember(new StoredResource(type, id, version, at, _order++, offset + begin, ends[n] - begin - 1, SearchIndex.Of(resource.RootElement)));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _writer.Dispose();
    }

    private static int WriteLine(ArrayBufferWriter<byte> lines, NewVersion version)
    {
        Json.AppendLine(lines, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("at", version.At);
            writer.WriteString("method", version.Version == 1 ? "create" : "update");
            writer.WriteString("type", version.Type);
            writer.WriteString("id", version.Id);
            writer.WriteNumber("version", version.Version);
            writer.WritePropertyName("resource");
            writer.WriteRawValue(version.Resource, skipInputValidation: true);
            writer.WriteEndObject();
        });
        return lines.WrittenCount;
    }

    private IEnumerable<StoredResource> Candidates(string type, SearchQuery query)
    {
        if (query.Identifier is not { } identifier)
        {
            return _latest.Values.Where(resource => resource.Type == type);
        }

        return _byIdentifier.TryGetValue((type, identifier), out var ids) ? ids.Select(id => _latest[(type, id)]) : [];
    }

    private StoredResource Read(JsonElement version, JsonLine line) => new(
        version.GetProperty("type").GetString()!,
        version.GetProperty("id").GetString()!,
        version.GetProperty("version").GetInt32(),
        version.GetProperty("at").GetString()!,
        _order++,
        line.Offset,
        line.Bytes.Length,
        SearchIndex.Of(version.GetProperty("resource")));

    private void Remember(StoredResource resource)
    {
        lock (_gate)
        {
            var key = (resource.Type, resource.Id);
            foreach (var old in _latest.GetValueOrDefault(key)?.Index.Identifiers ?? [])
            {
                _byIdentifier[(resource.Type, old)].Remove(resource.Id);
            }

            _latest[key] = resource;
            foreach (var identifier in resource.Index.Identifiers)
            {
                IdsOf(resource.Type, identifier).Add(resource.Id);
            }
        }
    }

    private HashSet<string> IdsOf(string type, string identifier) =>
        _byIdentifier.TryGetValue((type, identifier), out var ids) ? ids : _byIdentifier[(type, identifier)] = [];

    private sealed class Exit(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}
