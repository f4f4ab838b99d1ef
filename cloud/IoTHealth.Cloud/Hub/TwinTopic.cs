namespace IoTHealth.Cloud.Hub;

/// <summary>A request on the twin topics; they are the same for every device, so answers go to the one session.</summary>
public sealed record TwinTopic(bool IsGet, string RequestId)
{
    private const string Get = "$iothub/twin/GET/";
    private const string Patch = "$iothub/twin/PATCH/properties/reported/";

    public static bool TryParse(string topic, out TwinTopic request)
    {
        var isGet = topic.StartsWith(Get, StringComparison.Ordinal);
        request = new TwinTopic(isGet, "");
        if (!isGet && !topic.StartsWith(Patch, StringComparison.Ordinal))
        {
            return false;
        }

        var query = topic[(isGet ? Get : Patch).Length..].TrimStart('?').Split('&');
        request = request with { RequestId = query.FirstOrDefault(q => q.StartsWith("$rid=", StringComparison.Ordinal))?[5..] ?? "" };
        return request.RequestId.Length > 0;
    }

    public string Answer(int status, long? version = null) =>
        $"$iothub/twin/res/{status}/?$rid={RequestId}" + (version is null ? "" : $"&$version={version}");
}
