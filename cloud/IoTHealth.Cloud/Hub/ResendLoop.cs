using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Security;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Hub;

/// <summary>
/// Asks gateways again for what is missing of their journals: when one begins to listen for methods, and now and then. What a
/// gateway says is gone is not asked for (<see cref="GapNotes"/>).
/// </summary>
public sealed partial class ResendLoop(
    IMeasurementLog log, GatewayMethods methods, GatewayRegistry registry, TimeSpan patience, TimeProvider time, ILogger<ResendLoop> logger)
{
    public const string Method = "resend";

    /// <summary>Looks within the patience.</summary>
    private const int LooksAPatience = 4;

    private const int GatewaysAtOnce = 8;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, bool> _come = new(StringComparer.Ordinal);
    private readonly CommitSignal _wake = new();
    private readonly long _start = time.GetTimestamp();
    private Dictionary<JournalId, ResendPlan> _plans = [];

    /// <summary>A gateway listens for methods from now on: what is missing of it is asked for at the next look.</summary>
    public void Came(string gateway)
    {
        _come[gateway] = true;
        _wake.Raise();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = _wake.Next;
            try
            {
                await LookAsync(cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                LogFailed(logger, e.Message);
            }

            await next.WaitAsync(patience / LooksAPatience, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Looks once over all journals and asks for what is due.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var come = _come.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var gateway in come)
        {
            _come.TryRemove(gateway, out _);
        }

        var wanting = (await log.JournalsAsync(cancellation))
            .Where(state => state.Missing > 0 && registry.Find(state.Journal.Gateway) is not null).Select(state => state.Journal).ToList();
        _plans = wanting.ToDictionary(journal => journal, journal => _plans.GetValueOrDefault(journal) ?? new ResendPlan(patience));
        await Parallel.ForEachAsync(
            wanting.GroupBy(journal => journal.Gateway), new ParallelOptions { MaxDegreeOfParallelism = GatewaysAtOnce, CancellationToken = cancellation },
            async (journals, stop) =>
            {
                foreach (var journal in journals)
                {
                    await LookAsync(journal, _plans[journal], come.Contains(journal.Gateway), stop);
                }
            });
    }

    private async Task LookAsync(JournalId journal, ResendPlan plan, bool hasCome, CancellationToken cancellation)
    {
        var missing = await log.MissingAsync(journal, ResendPlan.WatchedMaximum, cancellation);
        var due = plan.Look(missing, time.GetElapsedTime(_start), hasCome);
        if (due.Count == 0)
        {
            return;
        }

        var answer = await methods.InvokeAsync(journal.Gateway, Method, Request(journal, due), AnswerTimeout, cancellation);
        if (answer.Outcome == MethodOutcome.NotConnected)
        {
            return;
        }

        plan.Asked(due, time.GetElapsedTime(_start));
        LogAsked(logger, journal.Gateway, journal.Guid, due.Sum(run => run.Count), due.Count, Told(answer));
    }

    private static byte[] Request(JournalId journal, IReadOnlyList<Interval> runs) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["journal"] = journal.Guid.ToString(),
        ["runs"] = new JsonArray([.. runs.Select(run => new JsonArray(run.From, run.To))]),
    });

    /// <summary>Numbers only: a gateway's texts do not belong in the log.</summary>
    private static string Told(MethodAnswer answer) => answer.Outcome == MethodOutcome.Answered
        ? $"status {answer.Status}, queued {Number(answer.Body, "queued")}, gone {Number(answer.Body, "gone")}"
        : answer.Outcome.ToString();

    private static long? Number(JsonNode? body, string name) =>
        body is JsonObject fields && fields[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    [LoggerMessage(LogLevel.Information, "Asked {Gateway} again for {Count} positions of journal {Journal} in {Runs} runs: {Answer}")]
    private static partial void LogAsked(ILogger logger, string gateway, Guid journal, long count, int runs, string answer);

    [LoggerMessage(LogLevel.Error, "What is missing could not be asked for and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
