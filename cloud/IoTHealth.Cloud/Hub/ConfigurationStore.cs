using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Hub;

/// <summary>The signed configurations of gateways, and which one is desired of each.</summary>
public sealed class ConfigurationStore(SqliteFile file, TimeProvider time)
{
    public const string Schema = """
        create table if not exists configuration(
            number integer primary key, gateway text not null, version text not null, sha256 text not null, at integer not null,
            body blob not null, unique(gateway, version));
        """;

    /// <summary>Name of the twin's property.</summary>
    public const string Property = "configuration";

    /// <summary>Versions kept of each gateway.</summary>
    private const int VersionsMaximum = 20;

    /// <summary>Keeps a configuration and desires it of its gateway.</summary>
    /// <returns>The change to tell the gateway, null when just this was desired already.</returns>
    /// <exception cref="InvalidOperationException">There is another document of this version.</exception>
    public Task<DesiredChange?> PutAsync(string gateway, SignedConfiguration signed, Uri host, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            var kept = connection.List(
                "select sha256 from configuration where gateway = $0 and version = $1", row => row.GetString(0), gateway, signed.Version);
            if (kept is [var sha256] && sha256 != signed.Sha256)
            {
                throw new InvalidOperationException($"there is another document of version {signed.Version}: give this one a version of its own");
            }

            Keep(connection, gateway, signed);
            return TwinStore.Desire(connection, gateway, Property, Desired(host, gateway, signed.Version, signed.Sha256));
        },
        cancellation);

    /// <summary>Desires no configuration any more.</summary>
    public Task<DesiredChange?> ClearAsync(string gateway, CancellationToken cancellation) =>
        file.WriteAsync(connection => TwinStore.Desire(connection, gateway, Property, null), cancellation);

    /// <summary>A configuration as it was uploaded, or null.</summary>
    public Task<byte[]?> ReadAsync(string gateway, string version, CancellationToken cancellation) => file.ReadAsync(
        connection => connection.List(
            "select body from configuration where gateway = $0 and version = $1", row => row.Bytes(0), gateway, version).FirstOrDefault(),
        cancellation);

    /// <summary>Brings the addresses in the twins to where the cloud serves now.</summary>
    public Task MoveAsync(Uri host, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            foreach (var gateway in connection.List("select distinct gateway from configuration", row => row.GetString(0)))
            {
                if (TwinStore.Desired(connection, gateway, Property) is { } desired)
                {
                    TwinStore.Desire(connection, gateway, Property, Desired(host, gateway, (string)desired["version"]!, (string)desired["sha256"]!));
                }
            }
        },
        cancellation);

    /// <summary>The same document may be signed anew, by another key.</summary>
    private void Keep(SqliteConnection connection, string gateway, SignedConfiguration signed)
    {
        connection.Run(
            """
            insert into configuration(gateway, version, sha256, at, body) values($0, $1, $2, $3, $4)
            on conflict(gateway, version) do update set at = excluded.at, body = excluded.body
            """,
            gateway, signed.Version, signed.Sha256, time.GetUtcNow().UtcTicks, signed.Body.ToArray());
        connection.Run(
            """
            delete from configuration where gateway = $0 and version <> $1 and number not in
                (select number from configuration where gateway = $0 order by number desc limit $2)
            """,
            gateway, signed.Version, VersionsMaximum);
    }

    private static JsonObject Desired(Uri host, string gateway, string version, string sha256) => new()
    {
        ["version"] = version,
        ["sha256"] = sha256,
        ["url"] = new Uri(host, $"/gateways/{Uri.EscapeDataString(gateway)}/configuration/{version}").AbsoluteUri,
    };
}
