using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Ranges that are to be replayed, one after the other: looking through a long journal takes longer than an answer may. What was asked
/// for is durable at once (table <c>replay</c>) and goes on after the answer, also after a restart; asked again, it answers with the
/// outcome. What failed is tried again.
/// </summary>
/// <param name="replay">Carries one out.</param>
/// <param name="journal">Keeps what was asked for.</param>
public sealed partial class ReplayQueue(ICloudCommand replay, IJournal journal, TimeProvider time, ILogger<ReplayQueue> logger) : BackgroundService, ICloudCommand
{
    public const string Create = "create table if not exists replay (request text primary key);";

    private const int WaitingMaximum = 16;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<CommandAnswer>> _asking = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0);

    public string Name => replay.Name;

    public async Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation)
    {
        RangeReplay.Check(request);
        var text = request!.ToJsonString();
        var waiting = Waiting();
        if (waiting.Count >= WaitingMaximum && !waiting.Contains(text))
        {
            return new CommandAnswer(429, new JsonObject { ["reason"] = $"{WaitingMaximum} ranges are waiting" });
        }

        var asking = _asking.GetOrAdd(text, _ => new TaskCompletionSource<CommandAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await journal.WriteAsync(
                new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "insert or ignore into replay (request) values ($request)", ("$request", text)) },
                cancellation);
        }
        catch
        {
            Take(text);
            throw;
        }

        _wake.Release();
        try
        {
            return await asking.Task.WaitAsync(AnswerWithin, time, cancellation);
        }
        catch (TimeoutException)
        {
            return new CommandAnswer(202, new JsonObject { ["goesOn"] = true });
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await CarryOutAsync(stoppingToken);

            await _wake.WaitAsync(AgainAfter, stoppingToken);
        }
    }

    private async Task CarryOutAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var text in Waiting())
            {
                await CarryOutAsync(text, cancellation);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(logger, "what waits", e.Message);
        }
    }

    private async Task CarryOutAsync(string text, CancellationToken cancellation)
    {
        try
        {
            var answer = await AnswerAsync(text, cancellation);
            await journal.WriteAsync(
                new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "delete from replay where request = $request", ("$request", text)) },
                cancellation);
            LogDone(logger, text, answer.Status, answer.Body.ToJsonString());
            Take(text)?.TrySetResult(answer);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(logger, text, e.Message);
        }
    }

    // The registry may have changed since it was asked for.
    private async Task<CommandAnswer> AnswerAsync(string text, CancellationToken cancellation)
    {
        try
        {
            return await replay.RunAsync(JsonNode.Parse(text), cancellation);
        }
        catch (ArgumentException e)
        {
            return new CommandAnswer(400, new JsonObject { ["reason"] = e.Message });
        }
    }

    private TaskCompletionSource<CommandAnswer>? Take(string text) => _asking.TryRemove(text, out var asking) ? asking : null;

    private List<string> Waiting() => journal.Query(connection =>
    {
        using var command = JournalTables.Command(connection, "select request from replay order by rowid");
        using var rows = command.ExecuteReader();
        var waiting = new List<string>();
        while (rows.Read())
        {
            waiting.Add(rows.GetString(0));
        }

        return waiting;
    });

    [LoggerMessage(LogLevel.Information, "Replayed {Request}: {Status} {Outcome}")]
    private static partial void LogDone(ILogger logger, string request, int status, string outcome);

    [LoggerMessage(LogLevel.Warning, "Could not replay {Request} and will try again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string request, string reason);
}
