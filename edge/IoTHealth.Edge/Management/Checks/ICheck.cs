using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>One thing that <c>check</c> looks at. It changes nothing, disturbs no running gateway, and is done within some 10 s.</summary>
internal interface ICheck
{
    Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation);
}

/// <summary>What is looked at.</summary>
/// <param name="Configuration">The gateway's configuration.</param>
/// <param name="IsRunning">Whether a gateway runs on its data folder now.</param>
/// <param name="Time">Clock.</param>
internal sealed record CheckSubject(EdgeConfiguration Configuration, bool IsRunning, TimeProvider Time);
