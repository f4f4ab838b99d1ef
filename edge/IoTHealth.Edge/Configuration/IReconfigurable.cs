namespace IoTHealth.Edge.Configuration;

/// <summary>
/// A part of the gateway that takes up another configuration while it runs. Found among the services; called by
/// <see cref="RunningConfiguration"/> one at a time, with a configuration that was checked whole and a registry that holds it already.
/// </summary>
public interface IReconfigurable
{
    /// <summary>Brings the part to a configuration. What does not differ for it is not disturbed; being told the same again changes nothing.</summary>
    Task ApplyAsync(EdgeConfiguration now);
}
