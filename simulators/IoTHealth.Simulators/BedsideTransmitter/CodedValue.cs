namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>A value of an enumeration: as it is sent, and what the account calls it.</summary>
/// <param name="Code">CWE-1: a number of the nomenclature, or a name as many senders write it.</param>
/// <param name="Text">CWE-2.</param>
/// <param name="Account">The catalogue's code; null where it says that there is nothing to say.</param>
internal sealed record CodedValue(string Code, string Text, string? Account)
{
    public static readonly CodedValue Nothing = new("Null", "", null);
    public static readonly CodedValue CheckLead = new("CheckLead", "Check Lead", "check-lead");
    public static readonly CodedValue Manufacturer = new("IOT", "IoTHealth", "other");
    public static readonly CodedValue Remote = new("754051", "Remote", null);
    public static readonly CodedValue Successful = new("755137", "Successful", "successful");
    public static readonly CodedValue Unsuccessful = new("Unsuccessful", "Unsuccessful", "unsuccessful");

    public static CodedValue DeviceType(ImplantKind kind) => kind switch
    {
        ImplantKind.Ddd => new CodedValue("753665", "IPG", "pacemaker"),
        ImplantKind.Icd => new CodedValue("753666", "ICD", "icd"),
        _ => new CodedValue("753667", "CRT_D", "crt-d"),
    };

    public static CodedValue Mode(ImplantKind kind) =>
        kind == ImplantKind.CrtD ? new CodedValue("DDDR", "DDDR", "dddr") : new CodedValue("DDD", "DDD", "ddd");

    public static CodedValue Battery(BatteryStage stage) => stage switch
    {
        BatteryStage.Beginning => new CodedValue("754113", "BOS", "beginning-of-service"),
        BatteryStage.Middle => new CodedValue("754114", "MOS", "middle-of-service"),
        BatteryStage.Replacement => new CodedValue("754115", "RRT", "replacement-recommended"),
        _ => new CodedValue("754116", "EOS", "end-of-service"),
    };

    public static CodedValue Episode(EpisodeType type) => type switch
    {
        EpisodeType.Atrial => new CodedValue("Epis_AT_AF", "AT/AF", "at-af"),
        EpisodeType.Tachycardia => new CodedValue("Epis_VT", "VT", "vt"),
        _ => new CodedValue("Epis_VF", "VF", "vf"),
    };
}
