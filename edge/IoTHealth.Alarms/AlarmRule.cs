namespace IoTHealth.Alarms;

/// <summary>One rule of the rule file, the only source of its thresholds.</summary>
public sealed record AlarmRule
{
    /// <summary>Stable key; part of the ids of the alarms it raises.</summary>
    public required string Key { get; init; }

    /// <summary>Catalogue code of the acts it looks at.</summary>
    public required string Kind { get; init; }

    /// <summary>Sign it judges; the kind's own where it is left out.</summary>
    public string? Sign { get; init; }

    /// <summary>The sign it judges, whether named or not.</summary>
    internal string JudgedSign => Sign ?? Kind;

    /// <summary>Holds for these codes of a coded sign.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    /// <summary>Holds for numbers above this, in the catalogue's unit.</summary>
    public decimal? Above { get; init; }

    /// <summary>Holds for numbers below this, in the catalogue's unit.</summary>
    public decimal? Below { get; init; }

    /// <summary>Local times of day between which it holds; always where it is left out.</summary>
    public DailySpan? Between { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c> (IEC 60601-1-8).</summary>
    public required string Severity { get; init; }

    /// <summary>Readings older than this when they are heard make history, not a call. Seconds.</summary>
    public int LatenessSeconds { get; init; } = 300;

    /// <summary>An unacknowledged call is repeated after this. Seconds.</summary>
    public int RepeatSeconds { get; init; } = 60;

    /// <summary>What staff read; <c>{place}</c> and <c>{value}</c> are filled in.</summary>
    public required RuleText Text { get; init; }
}

/// <summary>What a rule says, in Japanese and English.</summary>
public sealed record RuleText(string Ja, string En);

/// <summary>A span of the local day; it may pass midnight. From is inclusive, to exclusive.</summary>
public sealed record DailySpan(TimeOnly From, TimeOnly To)
{
    public bool Contains(TimeOnly time) => time.IsBetween(From, To);
}
