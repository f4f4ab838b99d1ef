namespace IoTHealth.VectorRunner;

/// <summary>What became of one vector.</summary>
public enum Outcome
{
    Pass,
    Fail,
    Unsupported,
}
