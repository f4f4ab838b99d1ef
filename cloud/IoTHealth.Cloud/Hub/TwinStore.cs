using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;

namespace IoTHealth.Cloud.Hub;

/// <summary>What each gateway reported of itself, merged patch by patch, with a version.</summary>
public sealed class TwinStore(SqliteFile file)
{
    public const string Schema = """
        create table if not exists twin(gateway text primary key, version integer not null, reported text not null) without rowid;
        """;

    private const int DepthMaximum = 16;
    private const int LengthMaximum = 32 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMaximum, AllowDuplicateProperties = false };

    /// <summary>The twin as a device reads it: <c>{"desired":{…},"reported":{…}}</c>.</summary>
    public Task<byte[]> ReadAsync(string gateway, CancellationToken cancellation) => file.ReadAsync(
        connection =>
        {
            var (version, reported) = Stored(connection, gateway);
            reported["$version"] = version;
            return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
            {
                ["desired"] = new JsonObject { ["$version"] = 1 },
                ["reported"] = reported,
            });
        },
        cancellation);

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
                var (version, reported) = Stored(connection, gateway);
                Merge(reported, change);
                var text = reported.ToJsonString();
                if (text.Length > LengthMaximum)
                {
                    return null;
                }

                connection.Run(
                    """
                    insert into twin(gateway, version, reported) values($0, $1, $2)
                    on conflict(gateway) do update set version = excluded.version, reported = excluded.reported
                    """,
                    gateway, version + 1, text);
                return version + 1;
            },
            cancellation);
    }

    private static (long Version, JsonObject Reported) Stored(Microsoft.Data.Sqlite.SqliteConnection connection, string gateway) =>
        connection.List(
                "select version, reported from twin where gateway = $0",
                row => (row.GetInt64(0), JsonNode.Parse(row.GetString(1))!.AsObject()),
                gateway)
            .FirstOrDefault((1, []));

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
}
