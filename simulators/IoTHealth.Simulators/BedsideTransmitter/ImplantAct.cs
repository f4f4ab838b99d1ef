namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One act of measuring, hence one measurement.</summary>
/// <param name="Kind">As the account calls it.</param>
/// <param name="Time">When, by the device's clock, whole seconds.</param>
/// <param name="Instance">OBX-4: which lead, type or episode; 0 = there is but one.</param>
/// <param name="IsTimed">False where its observations carry no time of their own, so that the report's holds.</param>
internal sealed record ImplantAct(string Kind, DateTimeOffset Time, int Instance, bool IsTimed, IReadOnlyList<Finding> Findings)
{
    /// <summary>OBX-14 where it is another time than the act's own.</summary>
    public DateTimeOffset? Observed { get; init; }

    /// <summary>The same with another OBX-4, where that means nothing outside the report.</summary>
    public ImplantAct Numbered(int shift) => Kind == "implant-lead-hv" ? this : this with { Instance = Instance + shift };

    /// <summary>The signs of the measurement with their values.</summary>
    public IEnumerable<(string Sign, string Value)> Values =>
        Findings.Where(finding => finding is { Account: not null, Term.Sign: not null }).Select(finding => (finding.Term.Sign!, finding.Account!));
}
