namespace IoTHealth.VectorRunner;

/// <summary>Counts of one protocol or of a whole file.</summary>
public sealed record Tally(int Passed = 0, int Failed = 0, int Unsupported = 0)
{
    public int Count => Passed + Failed + Unsupported;

    public Tally With(Outcome outcome) => outcome switch
    {
        Outcome.Pass => this with { Passed = Passed + 1 },
        Outcome.Fail => this with { Failed = Failed + 1 },
        _ => this with { Unsupported = Unsupported + 1 },
    };

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Unsupported} unsupported";
}
