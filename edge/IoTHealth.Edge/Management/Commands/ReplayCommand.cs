using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>replay</c>: sends a range of time to the cloud again.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var from = new Option<string>("--from") { Description = "First instant, ISO 8601 with offset.", Required = true };
        var to = new Option<string>("--to") { Description = "The instant after the last, ISO 8601 with offset.", Required = true };
        var device = new Option<string?>("--device") { Description = "Only this device (its key)." };
        var command = Invocation.Command(
            "replay",
            "Asks the running gateway to send a range to the cloud again: out of the journal, else out of the local history. What the cloud has already folds.",
            "replay --from 2026-11-24T00:00+09:00 --to 2026-11-25T00:00+09:00",
            "replay --from 2026-11-24T00:00+09:00 --to 2026-11-24T06:00+09:00 --device robot-01");
        command.Options.Add(config);
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(device);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            var request = new JsonObject { ["from"] = Instant(result.GetValue(from)!, "--from"), ["to"] = Instant(result.GetValue(to)!, "--to") };
            if (result.GetValue(device) is { } key)
            {
                request["device"] = key;
            }

            using var gateway = GatewayClient.Of(EdgeConfiguration.Load(result.GetValue(config)!));
            var answer = await gateway.PostAsync("/replay", request, cancellation);
            Console.WriteLine(answer.ToJsonString());
            return Invocation.Succeeded;
        }));
        return command;
    }

    private static string Instant(string text, string option) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && HasOffset(text)
            ? instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
            : throw new ArgumentException($"{option}: '{text}' is no instant such as 2026-11-24T00:00+09:00");

    // Without one nobody can tell whether the box's zone or the facility's is meant.
    private static bool HasOffset(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal) && text.Contains('T', StringComparison.Ordinal);
}
