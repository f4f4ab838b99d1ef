namespace IoTHealth.Edge.Management.Api;

/// <summary>Who is signed in.</summary>
public sealed record ApiCaller(string Name, ApiRole Role)
{
    /// <summary>Whoever holds the box's own token.</summary>
    public static readonly ApiCaller Box = new("box", ApiRole.Admin);
}
