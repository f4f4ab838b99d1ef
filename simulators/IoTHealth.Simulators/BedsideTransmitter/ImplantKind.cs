namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>What is implanted.</summary>
internal enum ImplantKind
{
    /// <summary>Dual-chamber pacemaker.</summary>
    Ddd,

    /// <summary>Dual-chamber defibrillator.</summary>
    Icd,

    /// <summary>Biventricular pacemaker with defibrillator.</summary>
    CrtD,
}

/// <summary>What follows from the kind.</summary>
internal static class ImplantKinds
{
    public const string Names = "ddd, icd or crt-d";

    public static ImplantKind? Find(string name) => name switch
    {
        "ddd" => ImplantKind.Ddd,
        "icd" => ImplantKind.Icd,
        "crt-d" => ImplantKind.CrtD,
        _ => null,
    };

    public static bool Defibrillates(this ImplantKind kind) => kind != ImplantKind.Ddd;

    public static IReadOnlyList<Chamber> Chambers(this ImplantKind kind) =>
        kind == ImplantKind.CrtD ? [Chamber.RightAtrium, Chamber.RightVentricle, Chamber.LeftVentricle] : [Chamber.RightAtrium, Chamber.RightVentricle];
}
