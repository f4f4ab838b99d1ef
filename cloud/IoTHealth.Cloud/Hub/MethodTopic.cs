using System.Globalization;

namespace IoTHealth.Cloud.Hub;

/// <summary>A gateway's answer to a direct method: <c>$iothub/methods/res/{status}/?$rid={id}</c>.</summary>
public sealed record MethodTopic(int Status, string RequestId)
{
    private const string Prefix = "$iothub/methods/res/";

    public static string Request(string method, string requestId) => $"$iothub/methods/POST/{method}/?$rid={requestId}";

    public static bool TryParse(string topic, out MethodTopic answer)
    {
        answer = new MethodTopic(0, "");
        if (!topic.StartsWith(Prefix, StringComparison.Ordinal)
            || topic[Prefix.Length..].Split('/', 2) is not [var status, var query]
            || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var rid = query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("$rid=", StringComparison.Ordinal))?[5..] ?? "";
        answer = new MethodTopic(number, rid);
        return rid.Length > 0;
    }
}
