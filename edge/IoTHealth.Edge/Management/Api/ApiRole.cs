namespace IoTHealth.Edge.Management.Api;

/// <summary>What a caller of the local API may do.</summary>
public enum ApiRole
{
    /// <summary>Look, and acknowledge calls.</summary>
    Staff,

    /// <summary>Everything.</summary>
    Admin,
}
