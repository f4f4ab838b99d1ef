using System.CommandLine;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>quarantine list|show|retry</c>: what was refused, and trying it again. Asks the running gateway.</summary>
internal static class QuarantineCommand
{
    private const int BytesInLine = 16;

    public static Command Create() => new("quarantine", "What could not be read or cannot be true, kept with its bytes.") { List(), Show(), Retry() };

    private static Command List()
    {
        var (config, json) = (Invocation.ConfigOption(), Invocation.JsonOption());
        var command = Invocation.Command("list", "Lists the newest hundred items.", "quarantine list", "quarantine list --json");
        command.Options.Add(config);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            using var gateway = GatewayClient.Of(EdgeConfiguration.Load(result.GetValue(config)!));
            var items = (await gateway.GetAsync("/quarantine", cancellation)).AsArray();
            if (result.GetValue(json))
            {
                PlainJson.Print(items);
                return Invocation.Succeeded;
            }

            Console.WriteLine($"{"number",8} {"at",-24} {"source",-20} {"bytes",7}  reason");
            foreach (var item in items.OfType<JsonObject>())
            {
                Console.WriteLine($"{item["number"],8} {item["at"],-24} {item["source"],-20} {item["bytes"],7}  {item["reason"]}");
            }

            return Invocation.Succeeded;
        }));
        return command;
    }

    private static Command Show()
    {
        var (config, json) = (Invocation.ConfigOption(), Invocation.JsonOption());
        var number = new Argument<long>("number") { Description = "Number of the item." };
        var command = Invocation.Command("show", "Shows an item with its bytes. They may speak of a person: keep what is printed safe.", "quarantine show 7");
        command.Arguments.Add(number);
        command.Options.Add(config);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            using var gateway = GatewayClient.Of(EdgeConfiguration.Load(result.GetValue(config)!));
            var item = await gateway.GetAsync($"/quarantine/{result.GetValue(number)}", cancellation);
            if (result.GetValue(json))
            {
                PlainJson.Print(item);
                return Invocation.Succeeded;
            }

            Console.WriteLine($"number  {item["number"]}\nat      {item["at"]}\nsource  {item["source"]}\nreason  {item["reason"]}\n");
            foreach (var line in HexLines(Convert.FromHexString((string)item["hex"]!)))
            {
                Console.WriteLine(line);
            }

            return Invocation.Succeeded;
        }));
        return command;
    }

    private static Command Retry()
    {
        var (config, json) = (Invocation.ConfigOption(), Invocation.JsonOption());
        var number = new Argument<long?>("number") { Description = "Number of the item.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Everything that is in quarantine." };
        var command = Invocation.Command(
            "retry",
            "Reads items again with today's drivers and stores what now passes. Exit code 1 where something is still refused.",
            "quarantine retry 7", "quarantine retry --all");
        command.Arguments.Add(number);
        command.Options.Add(all);
        command.Options.Add(config);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            var one = result.GetValue(number);
            if (one is null != result.GetValue(all))
            {
                throw new ArgumentException("name the number of an item, or --all");
            }

            using var gateway = GatewayClient.Of(EdgeConfiguration.Load(result.GetValue(config)!));
            var answer = await gateway.PostAsync(one is null ? "/quarantine/retry" : $"/quarantine/{one}/retry", [], cancellation);
            var outcomes = answer is JsonArray many ? [.. many.OfType<JsonObject>()] : new[] { answer.AsObject() };
            if (result.GetValue(json))
            {
                PlainJson.Print(outcomes);
            }
            else
            {
                Array.ForEach(outcomes, outcome => Console.WriteLine($"{outcome["number"],8} {outcome["outcome"],-12} {outcome["readings"],5}  {outcome["reason"]}"));
            }

            return Array.TrueForAll(outcomes, outcome => (string?)outcome["outcome"] == "stored") ? Invocation.Succeeded : Invocation.Failed;
        }));
        return command;
    }

    /// <summary>Bytes as hexadecimal digits and as the characters they may be.</summary>
    public static IEnumerable<string> HexLines(byte[] bytes) => bytes.Chunk(BytesInLine).Select((line, index) =>
        $"{index * BytesInLine:x8}  {string.Join(' ', line.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))),-47}  {string.Concat(line.Select(one => one is >= 0x20 and < 0x7f ? (char)one : '.'))}");
}
