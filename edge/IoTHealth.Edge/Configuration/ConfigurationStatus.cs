namespace IoTHealth.Edge.Configuration;

/// <summary>What people should know of the configuration beside what it says.</summary>
public sealed class ConfigurationStatus
{
    private volatile string? _refusal;
    private volatile string? _proposal;

    /// <summary>Why the local file as it is now, or the document that the cloud desires, is not in force; null when nothing was refused last.</summary>
    public string? Refusal
    {
        get => _refusal;
        set => _refusal = value;
    }

    /// <summary>Digest of a local file that says something else than the signed document in force; null where there is none.</summary>
    public string? Proposal
    {
        get => _proposal;
        set => _proposal = value;
    }

    /// <summary>Why the signed document that was in force is so no longer since the start; null when all is well.</summary>
    public string? Trouble { get; init; }

    /// <summary>Whether a signed document is in force.</summary>
    public bool IsSigned { get; set; }
}
