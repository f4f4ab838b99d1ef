using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo;

/// <summary>Acknowledges alarms of a running demo: one that is named by the first digits of its id, or all that are open.</summary>
internal sealed class AcknowledgeRun(string folder, string by)
{
    /// <returns>The exit code: 0 when what was named is acknowledged, 1 when no alarm has such an id.</returns>
    /// <exception cref="InvalidDataException">There is no demo in the folder, or more than one alarm begins like that.</exception>
    public async Task<int> RunAsync(string? prefix, CancellationToken end)
    {
        using var edge = Edge();
        return prefix is null ? await AcknowledgeAllAsync(edge, end) : await AcknowledgeOneAsync(edge, prefix, end);
    }

    private LocalApi Edge()
    {
        var facility = Facility.Load(Path.Combine(folder, FacilityFolder.FacilityName))
            ?? throw new InvalidDataException($"{folder} holds no {FacilityFolder.FacilityName}: name the folder of a running demo");
        return new LocalApi(facility.Ports.EdgeApi, new FacilityFolder(folder).EdgeToken);
    }

    // The edge lists a hundred, open ones first, so it is asked until none is open.
    private async Task<int> AcknowledgeAllAsync(LocalApi edge, CancellationToken end)
    {
        var count = 0;
        while (await OpenAsync(edge, end) is { Count: > 0 } open)
        {
            foreach (var alarm in open)
            {
                await AcknowledgeAsync(edge, alarm, end);
            }

            count += open.Count;
        }

        Console.WriteLine(count > 0 ? $"{count} acknowledged by {by}" : "no alarm is open");
        return 0;
    }

    private async Task<int> AcknowledgeOneAsync(LocalApi edge, string prefix, CancellationToken end)
    {
        var alarms = await AlarmsAsync(edge, end);
        var named = alarms.Where(alarm => alarm.Alarm.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToList();
        switch (named)
        {
            case []:
                await Console.Error.WriteLineAsync($"demo: none of the last {alarms.Count} alarms begins with '{prefix}'");
                return 1;
            case [{ IsOpen: true } alarm]:
                await AcknowledgeAsync(edge, alarm, end);
                return 0;
            case [var alarm]:
                Console.WriteLine($"{alarm.ShortId}  {(alarm.AcknowledgedBy is { } who ? $"was acknowledged by {who} before" : "is history: nobody is called")}");
                return 0;
            default:
                throw new InvalidDataException($"{named.Count} alarms begin with '{prefix}': give more digits");
        }
    }

    private async Task AcknowledgeAsync(LocalApi edge, AlarmLive alarm, CancellationToken end)
    {
        await edge.PostAsync($"alarms/{alarm.Alarm}/acknowledge", new JsonObject { ["by"] = by }, end);
        Console.WriteLine($"{alarm.ShortId}  {alarm.TextJa}  {alarm.TextEn}  acknowledged by {by}");
    }

    private static async Task<List<AlarmLive>> OpenAsync(LocalApi edge, CancellationToken end) =>
        [.. (await AlarmsAsync(edge, end)).Where(alarm => alarm.IsOpen)];

    private static async Task<IReadOnlyList<AlarmLive>> AlarmsAsync(LocalApi edge, CancellationToken end) =>
        await edge.GetAsync<IReadOnlyList<AlarmLive>>("alarms", end);
}
