using IoTHealth.Fuzz.Targets;

namespace IoTHealth.Fuzz;

/// <summary>Every decoder of the devices' protocols, the cheap ones first.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. NumberTargets.All,
        .. GattTargets.All,
        .. AstmTargets.All,
        .. Hl7Targets.All,
    ];
}
