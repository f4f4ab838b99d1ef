using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Answers the cloud: runs its commands, brings the sections of the twin to what is desired, and reports. It works beside
/// the telemetry, and its troubles never stop that.
/// </summary>
public sealed partial class CloudDesk
{
    private const int CommandsAtOnce = 4;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan SectionTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestUnfinished = TimeSpan.FromMinutes(10);

    private readonly IHubSession _session;
    private readonly IJournal _journal;
    private readonly Dictionary<string, ICloudCommand> _commands;
    private readonly List<IDesiredSection> _sections;
    private readonly TimeProvider _time;
    private readonly ILogger<CloudDesk> _logger;

    private JsonObject _desired = [];
    private int _running;

    /// <exception cref="InvalidOperationException">Two commands, or two sections, have one name.</exception>
    public CloudDesk(
        IHubSession session, IJournal journal, IEnumerable<ICloudCommand> commands, IEnumerable<IDesiredSection> sections, TimeProvider time,
        ILogger<CloudDesk> logger)
    {
        (_session, _journal, _time, _logger) = (session, journal, time, logger);
        _commands = Named("commands", commands, command => command.Name);
        _sections = [.. Named("sections of the twin", sections, section => section.Name).Values];
    }

    /// <summary>Before anything is sent in a session: reads what the cloud holds of the journal, and reports.</summary>
    public async Task GreetAsync(CancellationToken cancellation)
    {
        var twin = await _session.ReadTwinAsync(cancellation);
        _desired = twin["desired"] as JsonObject ?? [];
        await _journal.ProveAsync(Received(_desired["received"], _journal.Id.Guid));
        var (_, last) = GenerationRange.Of(_journal.Generations, _journal.Id.Guid, _journal.Head)!;
        var journal = new JsonObject { ["guid"] = _journal.Id.Guid.ToString(), ["head"] = _journal.Generations[^1].OnWire(last) };
        await _session.ReportAsync(new JsonObject { ["software"] = Software(), ["journal"] = journal }, cancellation);
    }

    /// <summary>Serves the session until it is cancelled.</summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        await ListenAsync(cancellation);
        await Task.WhenAll(FollowTwinAsync(cancellation), AnswerCallsAsync(cancellation));
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await _session.ListenAsync(cancellation);
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogNotListening(_logger, e.Message);
                await Task.Delay(Backoff.Of(failures, FirstPause, LongestPause), _time, cancellation);
            }
        }
    }

    private async Task FollowTwinAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ;)
        {
            foreach (var section in _sections)
            {
                await ApplyAsync(section, cancellation);
            }

            failures = _sections.Exists(section => section.IsUnfinished) ? failures + 1 : 0;
            await ChangeAsync(failures == 0 ? Timeout.InfiniteTimeSpan : Backoff.Of(failures - 1, FirstPause, LongestUnfinished), cancellation);
            await ReadAnewAsync(cancellation);
        }
    }

    // Until the twin changes, or the time is over.
    private async Task ChangeAsync(TimeSpan most, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(_session.Changes.WaitToReadAsync(over.Token).AsTask(), Task.Delay(most, _time, over.Token));
        await over.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        _session.Changes.TryRead(out _);
    }

    private async Task ReadAnewAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                _desired = (await _session.ReadTwinAsync(cancellation))["desired"] as JsonObject ?? [];
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogNoTwin(_logger, e.Message);
                await Task.Delay(Backoff.Of(failures, FirstPause, LongestPause), _time, cancellation);
            }
        }
    }

    private async Task ApplyAsync(IDesiredSection section, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(SectionTimeout);
            var report = await section.ApplyAsync(_desired[section.Name]?.DeepClone(), limit.Token).WaitAsync(SectionTimeout, _time, cancellation);
            if (report is not null)
            {
                await _session.ReportAsync(new JsonObject { [section.Name] = report.DeepClone() }, cancellation);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogNotApplied(_logger, section.Name, e.Message);
        }
    }

    private async Task AnswerCallsAsync(CancellationToken cancellation)
    {
        await foreach (var call in _session.Calls.ReadAllAsync(cancellation))
        {
            _ = AnswerAsync(call, cancellation);
        }
    }

    private async Task AnswerAsync(MethodCall call, CancellationToken cancellation)
    {
        var isRoom = Interlocked.Increment(ref _running) <= CommandsAtOnce;
        try
        {
            var answer = isRoom ? await RunAsync(call, cancellation) : Refusal(429, $"{CommandsAtOnce} commands are being run");
            LogAnswered(_logger, call.Name, answer.Status);
            await _session.AnswerAsync(call, answer, cancellation);
        }
        catch (Exception e)
        {
            // The cloud asks again.
            LogNotAnswered(_logger, call.Name, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<CommandAnswer> RunAsync(MethodCall call, CancellationToken cancellation)
    {
        if (!_commands.TryGetValue(call.Name, out var command))
        {
            return Refusal(404, "there is no such command");
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(CommandTimeout);
            var request = call.Body.IsEmpty ? null : JsonNode.Parse(call.Body.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 32 });
            return await Task.Run(() => command.RunAsync(request, limit.Token), limit.Token).WaitAsync(CommandTimeout, _time, cancellation);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return Refusal(400, e.Message);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return Refusal(500, e.Message);
        }
    }

    private static long Received(JsonNode? received, Guid journal)
    {
        var found = (received as JsonObject)?.FirstOrDefault(pair => Guid.TryParse(pair.Key, out var guid) && guid == journal).Value;
        return found is JsonValue value && value.TryGetValue<long>(out var position) ? position : 0;
    }

    private static CommandAnswer Refusal(int status, string reason) => new(status, new JsonObject { ["reason"] = reason });

    private static Dictionary<string, T> Named<T>(string what, IEnumerable<T> parts, Func<T, string> name)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            if (!named.TryAdd(name(part), part))
            {
                throw new InvalidOperationException($"two {what} are called '{name(part)}'");
            }
        }

        return named;
    }

    private static string Software() =>
        typeof(CloudDesk).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    [LoggerMessage(LogLevel.Warning, "What the cloud asks cannot be heard yet: {Reason}")]
    private static partial void LogNotListening(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "What the cloud desires cannot be read and will be asked for again: {Reason}")]
    private static partial void LogNoTwin(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Could not bring '{Section}' to what the cloud desires: {Reason}")]
    private static partial void LogNotApplied(ILogger logger, string section, string reason);

    [LoggerMessage(LogLevel.Information, "The cloud asked for '{Command}', answered {Status}")]
    private static partial void LogAnswered(ILogger logger, string command, int status);

    [LoggerMessage(LogLevel.Warning, "Could not answer the cloud's '{Command}': {Reason}")]
    private static partial void LogNotAnswered(ILogger logger, string command, string reason);
}
