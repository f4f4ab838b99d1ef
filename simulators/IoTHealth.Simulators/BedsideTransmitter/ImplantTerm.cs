namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>A term of IEEE 11073-10103 as a transmitter sends it.</summary>
/// <param name="Number">MDC code, partition 11.</param>
/// <param name="Reference">Reference id.</param>
/// <param name="Type">OBX-2.</param>
/// <param name="Unit">OBX-6, UCUM; empty for counts, codes and texts.</param>
/// <param name="Sign">What the account calls it; null where no reading comes of it.</param>
internal sealed record ImplantTerm(int Number, string Reference, string Type, string Unit, string? Sign)
{
    public static readonly ImplantTerm DeviceType = Code(720897, "MDC_IDC_DEV_TYPE", "device-type");
    public static readonly ImplantTerm DeviceModel = Text(720898, "MDC_IDC_DEV_MODEL");
    public static readonly ImplantTerm DeviceSerial = Text(720899, "MDC_IDC_DEV_SERIAL_NUMBER");
    public static readonly ImplantTerm DeviceManufacturer = Code(720900, "MDC_IDC_DEV_MFG", "device-manufacturer");
    public static readonly ImplantTerm SessionTime = Time(721025, "MDC_IDC_SESS_DTM");
    public static readonly ImplantTerm SessionType = Code(721026, "MDC_IDC_SESS_TYPE", null);
    public static readonly ImplantTerm BatteryTime = Time(721216, "MDC_IDC_MSMT_BATTERY_DTM");
    public static readonly ImplantTerm BatteryStatus = Code(721280, "MDC_IDC_MSMT_BATTERY_STATUS", "battery-status");
    public static readonly ImplantTerm BatteryVoltage = Quantity(721344, "MDC_IDC_MSMT_BATTERY_VOLTAGE", "V", "battery-voltage");
    public static readonly ImplantTerm BatteryImpedance = Quantity(721408, "MDC_IDC_MSMT_BATTERY_IMPEDANCE", "Ohm", "battery-impedance");
    public static readonly ImplantTerm BatteryLongevity = Quantity(721472, "MDC_IDC_MSMT_BATTERY_REMAINING_LONGEVITY", "mo", "battery-longevity");
    public static readonly ImplantTerm BatteryPercentage = Quantity(721536, "MDC_IDC_MSMT_BATTERY_REMAINING_PERCENTAGE", "%", "battery-percentage");
    public static readonly ImplantTerm ShockImpedance = Quantity(722624, "MDC_IDC_MSMT_LEADHVCHNL_IMPEDANCE", "Ohm", "lead-impedance-hv");
    public static readonly ImplantTerm ShockLeadStatus = Code(722752, "MDC_IDC_MSMT_LEADHVCHNL_STATUS", "lead-status-hv");
    public static readonly ImplantTerm VentricularDelay = Quantity(729344, "MDC_IDC_SET_CRT_LVRV_DELAY", "ms", "lvrv-delay");
    public static readonly ImplantTerm PacingMode = Code(730752, "MDC_IDC_SET_BRADY_MODE", "pacing-mode");
    public static readonly ImplantTerm LowerRate = Quantity(730880, "MDC_IDC_SET_BRADY_LOWRATE", "/min", "lower-rate");
    public static readonly ImplantTerm UpperTrackingRate = Quantity(731136, "MDC_IDC_SET_BRADY_MAX_TRACKING_RATE", "/min", "upper-tracking-rate");
    public static readonly ImplantTerm AtrialPaced = Quantity(737520, "MDC_IDC_STAT_BRADY_RA_PERCENT_PACED", "%", "percent-paced-ra");
    public static readonly ImplantTerm VentricularPaced = Quantity(737536, "MDC_IDC_STAT_BRADY_RV_PERCENT_PACED", "%", "percent-paced-rv");
    public static readonly ImplantTerm LeftPaced = Quantity(737792, "MDC_IDC_STAT_CRT_LV_PERCENT_PACED", "%", "percent-paced-lv");
    public static readonly ImplantTerm BiventricularPaced = Quantity(737808, "MDC_IDC_STAT_CRT_PERCENT_PACED", "%", "percent-paced-crt");
    public static readonly ImplantTerm AtrialBurden = Quantity(737696, "MDC_IDC_STAT_AT_BURDEN_PERCENT", "%", "atrial-burden");
    public static readonly ImplantTerm ModeSwitches = Count(737744, "MDC_IDC_STAT_AT_MODE_SW_COUNT", "mode-switch-count");
    public static readonly ImplantTerm ShocksRecent = Count(737824, "MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT", "shocks-delivered-recent");
    public static readonly ImplantTerm ShocksTotal = Count(737840, "MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL", "shocks-delivered-total");
    public static readonly ImplantTerm AbortedRecent = Count(737856, "MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_RECENT", "shocks-aborted-recent");
    public static readonly ImplantTerm AbortedTotal = Count(737872, "MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_TOTAL", "shocks-aborted-total");
    public static readonly ImplantTerm AntitachycardiaRecent = Count(737888, "MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_RECENT", "atp-delivered-recent");
    public static readonly ImplantTerm AntitachycardiaTotal = Count(737904, "MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_TOTAL", "atp-delivered-total");
    public static readonly ImplantTerm CountedType = Code(737952, "MDC_IDC_STAT_EPISODE_TYPE", "episode-count-type");
    public static readonly ImplantTerm CountRecent = Count(738000, "MDC_IDC_STAT_EPISODE_RECENT_COUNT", "episode-count-recent");
    public static readonly ImplantTerm CountTotal = Count(738032, "MDC_IDC_STAT_EPISODE_TOTAL_COUNT", "episode-count-total");
    public static readonly ImplantTerm EpisodeId = Text(739536, "MDC_IDC_EPISODE_ID");
    public static readonly ImplantTerm EpisodeTime = Time(739552, "MDC_IDC_EPISODE_DTM");
    public static readonly ImplantTerm EpisodeType = Code(739568, "MDC_IDC_EPISODE_TYPE", "episode-type");
    public static readonly ImplantTerm EpisodeResult = Code(739696, "MDC_IDC_EPISODE_THERAPY_RESULT", "episode-therapy-result");
    public static readonly ImplantTerm EpisodeDuration = Quantity(739712, "MDC_IDC_EPISODE_DURATION", "s", "episode-duration");

    public static ImplantTerm LeadStatus(Chamber chamber) =>
        Code(721984 + chamber.Offset, $"MDC_IDC_MSMT_LEADCHNL_{chamber.Name}_LEAD_CHANNEL_STATUS", $"lead-status-{chamber.Sign}");

    public static ImplantTerm LeadImpedance(Chamber chamber) =>
        Quantity(722432 + chamber.Offset, $"MDC_IDC_MSMT_LEADCHNL_{chamber.Name}_IMPEDANCE_VALUE", "Ohm", $"lead-impedance-{chamber.Sign}");

    public static ImplantTerm Sensed(Chamber chamber) => Amplitude(chamber, 0, "INTR_AMPL", "amplitude");

    public static ImplantTerm SensedMaximum(Chamber chamber) => Amplitude(chamber, 1, "INTR_AMPL_MAX", "maximum");

    public static ImplantTerm SensedMinimum(Chamber chamber) => Amplitude(chamber, 2, "INTR_AMPL_MIN", "minimum");

    public static ImplantTerm SensedMean(Chamber chamber) => Amplitude(chamber, 3, "INTR_AMPL_MEAN", "mean");

    public static ImplantTerm Threshold(Chamber chamber) =>
        Quantity(722176 + chamber.Offset, $"MDC_IDC_MSMT_LEADCHNL_{chamber.Name}_PACING_THRESHOLD_AMPLITUDE", "V", $"threshold-amplitude-{chamber.Sign}");

    public static ImplantTerm ThresholdWidth(Chamber chamber) =>
        Quantity(722240 + chamber.Offset, $"MDC_IDC_MSMT_LEADCHNL_{chamber.Name}_PACING_THRESHOLD_PULSEWIDTH", "ms", $"threshold-pulse-width-{chamber.Sign}");

    public static ImplantTerm PacingAmplitude(Chamber chamber) =>
        Quantity(729984 + chamber.Offset, $"MDC_IDC_SET_LEADCHNL_{chamber.Name}_PACING_AMPLITUDE", "V", $"pacing-amplitude-{chamber.Sign}");

    private static ImplantTerm Amplitude(Chamber chamber, int which, string reference, string sign) =>
        Quantity(722048 + chamber.SensingOffset + which, $"MDC_IDC_MSMT_LEADCHNL_{chamber.Name}_SENSING_{reference}", "mV", $"sensing-{sign}-{chamber.Sign}");

    private static ImplantTerm Quantity(int number, string reference, string unit, string sign) => new(number, reference, "NM", unit, sign);

    private static ImplantTerm Count(int number, string reference, string sign) => new(number, reference, "NM", "", sign);

    private static ImplantTerm Code(int number, string reference, string? sign) => new(number, reference, "CWE", "", sign);

    private static ImplantTerm Text(int number, string reference) => new(number, reference, "ST", "", null);

    private static ImplantTerm Time(int number, string reference) => new(number, reference, "DTM", "", null);
}
