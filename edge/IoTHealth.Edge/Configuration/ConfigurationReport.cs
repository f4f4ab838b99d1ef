namespace IoTHealth.Edge.Configuration;

/// <summary>What is in force and what is not: <c>/configuration</c>.</summary>
internal static class ConfigurationReport
{
    public static object Of(RunningConfiguration running, ConfigurationStatus status) => new
    {
        source = status.IsSigned ? "signed" : "file",
        version = running.Current.Version,
        sha256 = running.Current.Digest,
        devices = running.Current.Devices.Count,
        refusal = status.Refusal,
        proposal = status.Proposal,
        trouble = status.Trouble,
    };
}
