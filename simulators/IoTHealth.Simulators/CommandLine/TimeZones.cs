using System.CommandLine;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>The option that says which zone a clock without zone shows.</summary>
internal static class TimeZones
{
    private const string Standard = "Asia/Tokyo";

    public static Option<TimeZoneInfo> Option(string description) => new("--zone")
    {
        Description = description,
        HelpName = Standard,
        DefaultValueFactory = _ => TimeZoneInfo.FindSystemTimeZoneById(Standard),
        CustomParser = result =>
        {
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(result.Tokens[0].Value, out var zone))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no time zone such as {Standard}.");
            }

            return zone!;
        },
    };
}
