using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace IoTHealth.Edge.Uplink;

/// <summary>A direct method that the cloud asks for.</summary>
/// <param name="Name">Which one.</param>
/// <param name="RequestId">Names the call in its answer.</param>
/// <param name="Body">The request as it came; empty where there is none.</param>
public sealed record MethodCall(string Name, string RequestId, ReadOnlyMemory<byte> Body);

/// <summary>What the hub and the gateway say to each other beside telemetry, in the transport's session: twin and direct methods.</summary>
public interface IHubSession
{
    /// <summary>Calls that wait to be answered.</summary>
    ChannelReader<MethodCall> Calls { get; }

    /// <summary>Something readable: what the cloud desires has changed, and is to be read anew.</summary>
    ChannelReader<bool> Changes { get; }

    /// <summary>The twin, <c>{"desired":{…},"reported":{…}}</c>, as it is now.</summary>
    /// <exception cref="Exception">The hub did not answer in time, or not with the twin.</exception>
    Task<JsonObject> ReadTwinAsync(CancellationToken cancellation);

    /// <summary>Merges a patch into what is reported.</summary>
    /// <exception cref="Exception">The hub did not take it.</exception>
    Task ReportAsync(JsonObject patch, CancellationToken cancellation);

    /// <summary>From now on calls and changes are heard. Of the changes before, <see cref="ReadTwinAsync"/> tells.</summary>
    Task ListenAsync(CancellationToken cancellation);

    Task AnswerAsync(MethodCall call, CommandAnswer answer, CancellationToken cancellation);
}
