using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>The journal: opened read-only with its key; a running gateway tells of its own.</summary>
internal sealed class JournalCheck : ICheck
{
    private const string Part = "journal";

    public async Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        var folder = subject.Configuration.Data;
        var file = Path.Combine(folder, "journal.db");
        if (subject.IsRunning)
        {
            return [await RunningAsync(subject, cancellation)];
        }

        if (!File.Exists(file))
        {
            return [CheckLine.Ok(Part, "まだありません。最初の起動で作られます。", "there is none yet; the first start makes it")];
        }

        try
        {
            BoxKey.Open(folder, journalExists: true);
            using var connection = JournalTables.Open(file, write: false);
            using var command = JournalTables.Command(connection, "select coalesce(max(position), 0) from entry");
            return [CheckLine.Ok(Part, $"開けます（位置 {command.ExecuteScalar()} まで）。", $"opens; last position {command.ExecuteScalar()}")];
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            return
            [
                CheckLine.Failed(
                    Part, new Words($"開けません: {e.Message}", $"does not open: {e.Message}"),
                    new Words("box.key と journal.db を同じ控えから戻すか、起動して自動修復に任せてください。", "Restore box.key and journal.db of one copy, or start the gateway, which saves what can be saved.")),
            ];
        }
    }

    private static async Task<CheckLine> RunningAsync(CheckSubject subject, CancellationToken cancellation)
    {
        using var gateway = Commands.GatewayClient.Of(subject.Configuration);
        var health = await gateway.HealthAsync(cancellation);
        return health.Count == 0
            ? CheckLine.Ok(Part, "動作中のゲートウェイが使用し、問題はありません。", "in use by the running gateway, which has no problem")
            : CheckLine.Failed(
                Part, new Words($"動作中のゲートウェイ: {string.Join("; ", health)}", $"the running gateway: {string.Join("; ", health)}"),
                new Words("ディスクと通知先を確認してください。", "Look at the disk and at where calls go."));
    }
}
