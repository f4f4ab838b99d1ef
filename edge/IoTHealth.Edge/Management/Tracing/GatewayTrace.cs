using System.Collections.Concurrent;
using System.Diagnostics;

namespace IoTHealth.Edge.Management.Tracing;

/// <summary>
/// The way of a frame to its acknowledgement, and of a batch to the cloud's, as OpenTelemetry spans: <c>mqtt publish</c> (decode, intake,
/// journal commit) and <c>uplink batch</c>, which links to the publishes whose readings it carries. Nothing is made while nobody listens.
/// No tag holds a value or a person.
/// </summary>
public static class GatewayTrace
{
    public const string SourceName = "IoTHealth.Edge";

    private const int PositionsKept = 10_000;
    private const int LinksMaximum = 100;

    public static readonly ActivitySource Source = new(SourceName);

    // Which publish a position came with, for the batch that carries it later: only the newest, for a trace is no record.
    private static readonly ConcurrentDictionary<long, ActivityContext> Contexts = new();
    private static readonly ConcurrentQueue<long> Order = new();

    /// <summary>Begins a span; null while nobody listens.</summary>
    public static Activity? Begin(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>Remembers that these positions came in the current span.</summary>
    public static void Stored(IReadOnlyList<long> positions)
    {
        if (Activity.Current is not { Recorded: true } current)
        {
            return;
        }

        foreach (var position in positions.Where(position => position > 0))
        {
            Contexts[position] = current.Context;
            Order.Enqueue(position);
        }

        while (Order.Count > PositionsKept && Order.TryDequeue(out var oldest))
        {
            Contexts.TryRemove(oldest, out _);
        }
    }

    /// <summary>Begins the span of a batch to the cloud, linked to the publishes it carries.</summary>
    /// <param name="positions">What it carries.</param>
    public static Activity? BeginBatch(IEnumerable<long> positions)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var links = positions.Select(position => Contexts.TryGetValue(position, out var context) ? context : default)
            .Where(context => context != default).Distinct().Take(LinksMaximum).Select(context => new ActivityLink(context));
        return Source.StartActivity("uplink batch", ActivityKind.Producer, parentContext: default, links: links);
    }

    /// <summary>The W3C traceparent of the current span, for the message's properties; null where none is recorded.</summary>
    public static string? Parent => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;
}
