using System.Text.Json.Nodes;

namespace IoTHealth.VectorRunner;

/// <summary>What a decoder made of an input.</summary>
public abstract record VectorResult
{
    private VectorResult()
    {
    }

    /// <summary>Nothing of ours reads this protocol yet.</summary>
    public static VectorResult Unsupported { get; } = new NotSupported();

    public static VectorResult Values(JsonNode values) => new Decoded(values);

    public static VectorResult Refuse(string reason) => new Refused(reason);

    /// <summary>Named values, units in the names.</summary>
    public sealed record Decoded(JsonNode Named) : VectorResult
    {
        public override string ToString() => Named.ToJsonString();
    }

    /// <summary>The input is wrong, and why.</summary>
    public sealed record Refused(string Reason) : VectorResult
    {
        public override string ToString() => $"refused: {Reason}";
    }

    public sealed record NotSupported : VectorResult
    {
        public override string ToString() => "unsupported";
    }

    /// <summary>The decoder broke the rule that no input makes it throw.</summary>
    public sealed record Threw(string Error) : VectorResult
    {
        public override string ToString() => $"threw {Error}";
    }
}
