namespace IoTHealth.Links.DBus;

/// <summary>Which signals are wanted: those that fit all that is given. D-Bus Specification, "Match Rules".</summary>
public sealed record SignalMatch
{
    /// <summary>A well-known or unique name. Signals of anybody else are not taken, whatever they claim.</summary>
    public string? Sender { get; init; }

    public string? Path { get; init; }

    /// <summary>This path and all below it.</summary>
    public string? PathNamespace { get; init; }

    public string? Interface { get; init; }

    public string? Member { get; init; }

    internal string Rule()
    {
        var parts = new List<string> { "type='signal'" };
        void Add(string key, string? value)
        {
            if (value is not null)
            {
                parts.Add($"{key}='{value}'");
            }
        }

        Add("sender", Sender);
        Add("path", Path);
        Add("path_namespace", PathNamespace);
        Add("interface", Interface);
        Add("member", Member);
        return string.Join(',', parts);
    }

    /// <param name="signal">Its header is enough.</param>
    /// <param name="ownerOf">The unique name that owns a name at this signal's place in the bus's order.</param>
    internal bool Fits(BusMessage signal, Func<string, string> ownerOf) =>
        (Sender is null || signal.Sender == ownerOf(Sender))
        && (Path is null || signal.Path == Path)
        && (PathNamespace is null or "/" || signal.Path == PathNamespace || signal.Path.StartsWith(PathNamespace + "/", StringComparison.Ordinal))
        && (Interface is null || signal.Interface == Interface)
        && (Member is null || signal.Member == Member);
}
