namespace IoTHealth.Edge.Management.Checks;

public enum CheckVerdict
{
    Ok,

    /// <summary>The gateway works, and somebody should look.</summary>
    Warning,

    /// <summary>It cannot do its work.</summary>
    Failed,
}

/// <summary>A text in both languages.</summary>
public sealed record Words(string Ja, string En);

/// <summary>What one look found.</summary>
/// <param name="Part">What was looked at, such as <c>disk</c>.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
public sealed record CheckLine(string Part, CheckVerdict Verdict, Words Found, Words? Remedy = null)
{
    public static CheckLine Ok(string part, string ja, string en) => new(part, CheckVerdict.Ok, new Words(ja, en));

    public static CheckLine Warning(string part, Words found, Words remedy) => new(part, CheckVerdict.Warning, found, remedy);

    public static CheckLine Failed(string part, Words found, Words remedy) => new(part, CheckVerdict.Failed, found, remedy);
}
