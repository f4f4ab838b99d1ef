using System.Text.Json;

namespace IoTHealth.Demo.Facilities;

/// <summary>The list of devices a simulator plays.</summary>
internal static class RobotList
{
    public static string Of(IEnumerable<Robot> robots) => JsonSerializer.Serialize(
        robots.Select(robot => new { key = robot.Key, serial = robot.Serial, passwordFile = $"passwords/{robot.Key}" }));
}
