using System.Net;

namespace IoTHealth.Benchmarks.Load;

/// <summary>What a load is made of.</summary>
internal sealed record LoadPlan
{
    public required IPEndPoint Server { get; init; }

    /// <summary>The authority the server's certificate must come from; null for plain TCP.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>File with the password that all robots share; null for none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Robots <c>robot-0001</c> and so on, one connection each.</summary>
    public required int Connections { get; init; }

    /// <summary>Publishes of one connection that may wait for their PUBACK.</summary>
    public required int InFlight { get; init; }

    /// <summary>Publishes of all connections that are counted.</summary>
    public required int Messages { get; init; }

    /// <summary>Publishes of all connections before counting begins.</summary>
    public int WarmUp { get; init; }

    /// <summary>Publishes a second of all connections; 0 for as many as there can be.</summary>
    public int RatePerSecond { get; init; }

    /// <summary>Sequence number of every robot's first reading; ten digits.</summary>
    public long FirstSequence { get; init; } = 1_000_000_000;

    /// <summary>Bytes of a payload.</summary>
    public int PayloadBytes { get; init; } = 200;
}
