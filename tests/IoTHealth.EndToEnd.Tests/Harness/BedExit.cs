using System.Text.Json.Nodes;
using IoTHealth.Demo.Running;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>A resident who left the bed, as the spare robot told it.</summary>
internal sealed class BedExit(Stack stack, DateTimeOffset instant, Task acknowledged)
{
    /// <summary>Completes when the robot was told that it is safe.</summary>
    public Task Acknowledged => acknowledged;

    /// <summary>Waits for somebody to be called.</summary>
    /// <exception cref="TimeoutException">Nobody was, in time.</exception>
    public Task IsCalledAsync(TimeSpan within) =>
        Eventually.HoldsAsync($"the webhook is called for {instant:O}", () => Alarms().Count > 0, within);

    /// <summary>Ids of the alarms that were told of it: one, however often it was told.</summary>
    public IReadOnlyList<string> Alarms() => [.. JsonLines.Read(stack.Folder.WebhookFile).Where(Tells).Select(call => (string)call["key"]!).Distinct()];

    private bool Tells(JsonNode call) =>
        (string?)call["body"]!["device"] == stack.Facility.Spare.Key && DateTimeOffset.Parse((string)call["body"]!["instant"]!, System.Globalization.CultureInfo.InvariantCulture) == instant;
}
