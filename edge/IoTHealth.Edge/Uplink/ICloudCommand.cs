using System.Text.Json.Nodes;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// What the cloud may ask of the gateway: a direct method of Azure IoT Hub's protocol. Found by the uplink among the services;
/// another command is one class more. It must be safe to ask twice, for an answer may get lost.
/// </summary>
public interface ICloudCommand
{
    /// <summary>Name of the method, for example <c>resend</c>.</summary>
    string Name { get; }

    /// <summary>Does it, or has it in hand durably, within 20 s.</summary>
    /// <param name="request">The request's JSON, null where there is none.</param>
    /// <exception cref="ArgumentException">The request cannot be understood: answered with status 400 and the message.</exception>
    Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation);
}

/// <param name="Status">Status in the manner of HTTP.</param>
/// <param name="Body">Answer, a JSON object.</param>
public sealed record CommandAnswer(int Status, JsonObject Body);

/// <summary>
/// A section of the gateway's twin: what the cloud desires under a name, and what the gateway reports under the same name.
/// Found by the uplink among the services, told at each connection and at each change.
/// </summary>
public interface IDesiredSection
{
    /// <summary>Name of the property, for example <c>configuration</c>.</summary>
    string Name { get; }

    /// <summary>Whether what is desired could not be had for now: the section is told again after a pause, in the same session.</summary>
    bool IsUnfinished => false;

    /// <summary>Brings the gateway to what is desired; being told the same again changes nothing.</summary>
    /// <param name="desired">The property's value, null where the cloud desires nothing.</param>
    /// <returns>What to report; null for nothing.</returns>
    Task<JsonNode?> ApplyAsync(JsonNode? desired, CancellationToken cancellation);
}
