using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>Counts how often the gateway's parts were touched; fails once when told to.</summary>
internal sealed class CountingPart : IReconfigurable
{
    public int Times { get; private set; }

    public bool Fails { get; set; }

    public Task ApplyAsync(EdgeConfiguration now)
    {
        Times++;
        var fails = Fails;
        Fails = false;
        return fails ? throw new IOException("on purpose") : Task.CompletedTask;
    }
}
