namespace IoTHealth.Cloud;

/// <summary>How hosts of this program begin.</summary>
internal static class HostBuilding
{
    /// <summary>A slim host that does not watch the folder it was started in for files that might configure it: stored data may lie there.</summary>
    public static WebApplicationBuilder Slim() => WebApplication.CreateSlimBuilder(new WebApplicationOptions
    {
        Args = ["--hostBuilder:reloadConfigOnChange=false"],
    });
}
