using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Hub;

/// <summary>What each gateway reported of itself, merged patch by patch, and what is desired of it; each with a version.</summary>
public sealed class TwinStore(SqliteFile file)
{
    public const string Schema = """
        create table if not exists twin(gateway text primary key, version integer not null, reported text not null) without rowid;
        create table if not exists desired(gateway text primary key, version integer not null, properties text not null) without rowid;
        """;

    private const int DepthMaximum = 16;
    private const int LengthMaximum = 32 * 1024;

    private static readonly Table ReportedTable = new("twin", "reported");
    private static readonly Table DesiredTable = new("desired", "properties");

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMaximum, AllowDuplicateProperties = false };

    /// <summary>The twin as a device reads it: <c>{"desired":{…},"reported":{…}}</c>.</summary>
    /// <param name="gateway">Whose twin.</param>
    /// <param name="received">The highest position that the log holds of each of its journals; part of what is desired, as of now.</param>
    /// <param name="cancellation">Ends the read.</param>
    public Task<byte[]> ReadAsync(string gateway, IReadOnlyDictionary<Guid, long> received, CancellationToken cancellation) => file.ReadAsync(
        connection =>
        {
            var reported = Stored(connection, ReportedTable, gateway);
            var desired = Stored(connection, DesiredTable, gateway);
            desired.Properties["received"] = new JsonObject(received.Select(one => KeyValuePair.Create(one.Key.ToString(), (JsonNode?)one.Value)));
            return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
            {
                ["desired"] = Versioned(desired),
                ["reported"] = Versioned(reported),
            });
        },
        cancellation);

    /// <summary>Sets what is desired of a gateway under a name, in the caller's transaction.</summary>
    /// <returns>The change to tell the gateway, or null when just this was desired already.</returns>
    internal static DesiredChange? Desire(SqliteConnection connection, string gateway, string name, JsonNode? value)
    {
        var (version, properties) = Stored(connection, DesiredTable, gateway);
        if (JsonNode.DeepEquals(properties[name], value))
        {
            return null;
        }

        if (value is null)
        {
            properties.Remove(name);
        }
        else
        {
            properties[name] = value.DeepClone();
        }

        Store(connection, DesiredTable, gateway, version + 1, properties.ToJsonString());
        return new DesiredChange(name, value, version + 1);
    }

    /// <summary>What is desired of a gateway under a name; null for nothing.</summary>
    internal static JsonNode? Desired(SqliteConnection connection, string gateway, string name) =>
        Stored(connection, DesiredTable, gateway).Properties[name];

    /// <summary>Merges a patch; answers the new version, or null when the patch is no JSON object or the twin grows too large.</summary>
    public Task<long?> MergeAsync(string gateway, ReadOnlyMemory<byte> patch, CancellationToken cancellation)
    {
        if (!TryParse(patch, out var change))
        {
            return Task.FromResult<long?>(null);
        }

        return file.WriteAsync<long?>(
            connection =>
            {
                var (version, reported) = Stored(connection, ReportedTable, gateway);
                Merge(reported, change);
                var text = reported.ToJsonString();
                if (text.Length > LengthMaximum)
                {
                    return null;
                }

                Store(connection, ReportedTable, gateway, version + 1, text);
                return version + 1;
            },
            cancellation);
    }

    private static JsonObject Versioned((long Version, JsonObject Properties) stored)
    {
        stored.Properties["$version"] = stored.Version;
        return stored.Properties;
    }

    private static (long Version, JsonObject Properties) Stored(SqliteConnection connection, Table table, string gateway) =>
        connection.List(
                $"select version, {table.Column} from {table.Name} where gateway = $0",
                row => (row.GetInt64(0), JsonNode.Parse(row.GetString(1))!.AsObject()),
                gateway)
            .FirstOrDefault((1, []));

    private static void Store(SqliteConnection connection, Table table, string gateway, long version, string properties) => connection.Run(
        $"""
        insert into {table.Name}(gateway, version, {table.Column}) values($0, $1, $2)
        on conflict(gateway) do update set version = excluded.version, {table.Column} = excluded.{table.Column}
        """,
        gateway, version, properties);

    private static bool TryParse(ReadOnlyMemory<byte> patch, out JsonObject change)
    {
        change = [];
        try
        {
            var node = JsonNode.Parse(patch.Span, documentOptions: Options);
            change = node as JsonObject ?? [];
            ReadAll(node);
            return node is JsonObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Names and texts that are no Unicode are only found out once they are read.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    private static void ReadAll(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (_, value) in fields)
            {
                ReadAll(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                ReadAll(item);
            }
        }
        else
        {
            _ = node?.ToJsonString();
        }
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner && target[name] is JsonObject known)
            {
                Merge(known, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private sealed record Table(string Name, string Column);
}
