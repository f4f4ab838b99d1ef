namespace IoTHealth.Measurements;

/// <summary>
/// What pacemakers, ICDs and CRT devices report, one kind for each act of measuring. MDC from IEEE 11073-10103 (partition 11), units
/// in UCUM. No sign is required of a kind: devices leave out what they do not have. Coded signs are a small set with
/// <c>other</c>; what the sender wrote stays in <see cref="MeasuredValue.Coded.Original"/>.
/// </summary>
public static class ImplantSigns
{
    private const string Other = "other";
    private const decimal CountMaximum = 1_000_000_000;
    private const decimal TenYearsSeconds = 315_360_000;

    private static readonly string[] EpisodeTypes = ["vf", "vt", "nonsustained-vt", "svt", "at-af", "monitored", "patient-activated", "periodic", Other];

    private static readonly string[] PacingModes =
    [
        "aai", "aair", "aoo", "aoor", "ddd", "dddr", "ddi", "ddir", "doo", "door", "oao", "odo", "ovo", "vdd", "vddr", "vdi", "vdir", "voo", "voor",
        "vvi", "vvir", "vvt", "off", Other,
    ];

    /// <summary>Lead channels: suffix of the codes, names, and offset of the terms from those of the right atrium.</summary>
    private static readonly (string Code, string En, string Ja, uint Offset, uint SensingOffset)[] Channels =
    [
        ("ra", "right atrium", "右房", 0, 0), ("rv", "right ventricle", "右室", 1, 4), ("lv", "left ventricle", "左室", 3, 12),
    ];

    /// <summary>Every kind, in the order of the nomenclature.</summary>
    public static readonly IReadOnlyList<MeasurementKind> Kinds =
    [
        Kind("implant-device", "Implanted device", "植込みデバイス",
            Code("device-type", "Device type", "デバイスの種類", 720897, "pacemaker", "icd", "crt-d", "crt-p", "monitor", Other),
            Code("device-manufacturer", "Manufacturer", "製造会社", 720900, "abbott", "biotronik", "boston-scientific", "medtronic", "microport", Other)),
        Kind("implant-battery", "Implant battery", "植込みデバイスの電池",
            Code("battery-status", "Battery status", "電池の状態", 721280,
                "beginning-of-service", "middle-of-service", "replacement-recommended", "end-of-service", Other),
            Number("battery-voltage", "Battery voltage", "電池電圧", 721344, "V", 0, 12, 2),
            Number("battery-impedance", "Battery impedance", "電池内部抵抗", 721408, "Ohm", 0, 100_000, 0),
            Number("battery-longevity", "Remaining longevity", "電池残寿命", 721472, "mo", 0, 480, 0),
            Number("battery-percentage", "Remaining battery", "電池残量", 721536, "%", 0, 100, 0)),
        .. Channels.Select(Lead),
        .. Channels.Select(Sensing),
        .. Channels.Select(Threshold),
        Kind("implant-lead-hv", "High-voltage lead", "高電圧リード",
            Number("lead-impedance-hv", "High-voltage lead impedance", "高電圧リード抵抗", 722624, "Ohm", 0, 20_000, 0),
            Code("lead-status-hv", "High-voltage lead status", "高電圧リードの状態", 722752, "check-lead", Other)),
        Kind("implant-pacing-settings", "Pacing settings", "ペーシング設定",
            [Number("lvrv-delay", "LV-RV delay", "左室・右室間遅延", 729344, "ms", -500, 500, 0),
            .. Channels.Select(channel => Number(
                $"pacing-amplitude-{channel.Code}", $"Pacing amplitude, {channel.En}", $"{channel.Ja}ペーシング出力", 729984 + channel.Offset, "V", 0, 20, 2)),
            Code("pacing-mode", "Pacing mode", "ペーシングモード", 730752, PacingModes),
            Number("lower-rate", "Lower rate", "下限レート", 730880, "/min", 0, 300, 0),
            Number("upper-tracking-rate", "Upper tracking rate", "上限トラッキングレート", 731136, "/min", 0, 300, 0),
            Number("upper-sensor-rate", "Upper sensor rate", "上限センサーレート", 731200, "/min", 0, 300, 0)]),
        Kind("implant-percent-paced", "Percent paced", "ペーシング率",
            Number("percent-paced-ra", "Paced, right atrium", "右房ペーシング率", 737520, "%", 0, 100, 0),
            Number("percent-paced-rv", "Paced, right ventricle", "右室ペーシング率", 737536, "%", 0, 100, 0),
            Number("percent-paced-lv", "Paced, left ventricle", "左室ペーシング率", 737792, "%", 0, 100, 0),
            Number("percent-paced-crt", "Paced, biventricular", "両室ペーシング率", 737808, "%", 0, 100, 0)),
        Kind("implant-atrial-burden", "Atrial arrhythmia burden", "心房性不整脈負荷",
            Number("atrial-burden", "AT/AF burden", "心房頻拍・心房細動負荷", 737696, "%", 0, 100, 1),
            Count("mode-switch-count", "Mode switches", "モードスイッチ回数", 737744)),
        Kind("implant-therapy", "Tachycardia therapies", "頻拍治療",
            Count("shocks-delivered-recent", "Shocks delivered, recent", "ショック作動回数（前回以降）", 737824),
            Count("shocks-delivered-total", "Shocks delivered, total", "ショック作動回数（累計）", 737840),
            Count("shocks-aborted-recent", "Shocks aborted, recent", "ショック中止回数（前回以降）", 737856),
            Count("shocks-aborted-total", "Shocks aborted, total", "ショック中止回数（累計）", 737872),
            Count("atp-delivered-recent", "ATP delivered, recent", "抗頻拍ペーシング回数（前回以降）", 737888),
            Count("atp-delivered-total", "ATP delivered, total", "抗頻拍ペーシング回数（累計）", 737904)),
        Kind("implant-episode-count", "Episode count", "エピソード回数",
            Code("episode-count-type", "Episode type counted", "数えたエピソードの種類", 737952, EpisodeTypes),
            Code("episode-count-vendor-type", "Manufacturer's type counted", "数えたエピソードの種類（製造会社の分類）", 737984, EpisodeTypes),
            Count("episode-count-recent", "Episodes, recent", "エピソード回数（前回以降）", 738000),
            Count("episode-count-total", "Episodes, total", "エピソード回数（累計）", 738032)),
        Kind("implant-episode", "Arrhythmia episode", "不整脈エピソード",
            Code("episode-type", "Episode type", "エピソードの種類", 739568, EpisodeTypes),
            Code("episode-vendor-type", "Manufacturer's episode type", "エピソードの種類（製造会社の分類）", 739600, EpisodeTypes),
            Code("episode-therapy-result", "Therapy result", "治療の結果", 739696, "successful", "unsuccessful", Other),
            Number("episode-duration", "Episode duration", "エピソード持続時間", 739712, "s", 0, TenYearsSeconds, 0)),
    ];

    /// <summary>What staff read for a code of these signs; the code itself where there is no word for it.</summary>
    internal static (string Ja, string En) NameOfCode(string code) => code switch
    {
        Other => ("その他", "other"),
        "pacemaker" => ("ペースメーカ", "pacemaker"),
        "icd" => ("植込み型除細動器（ICD）", "ICD"),
        "crt-d" => ("両室ペーシング機能付き植込み型除細動器（CRT-D）", "CRT-D"),
        "crt-p" => ("両室ペースメーカ（CRT-P）", "CRT-P"),
        "monitor" => ("植込み型心電計", "cardiac monitor"),
        "abbott" => ("アボット（セント・ジュード・メディカル）", "Abbott (St. Jude Medical)"),
        "biotronik" => ("バイオトロニック", "Biotronik"),
        "boston-scientific" => ("ボストン・サイエンティフィック", "Boston Scientific"),
        "medtronic" => ("メドトロニック", "Medtronic"),
        "microport" => ("マイクロポート（ソーリン）", "MicroPort (Sorin)"),
        "beginning-of-service" => ("使用開始期（BOS）", "beginning of service"),
        "middle-of-service" => ("使用中期（MOS）", "middle of service"),
        "replacement-recommended" => ("交換推奨時期（RRT）", "replacement recommended"),
        "end-of-service" => ("使用終了（EOS）", "end of service"),
        "check-lead" => ("リード要確認", "check lead"),
        "vf" => ("心室細動", "ventricular fibrillation"),
        "vt" => ("心室頻拍", "ventricular tachycardia"),
        "nonsustained-vt" => ("非持続性心室頻拍", "nonsustained ventricular tachycardia"),
        "svt" => ("上室頻拍", "supraventricular tachycardia"),
        "at-af" => ("心房頻拍・心房細動", "atrial tachycardia or fibrillation"),
        "monitored" => ("監視のみ", "monitored only"),
        "patient-activated" => ("患者操作による記録", "patient activated"),
        "periodic" => ("定期記録", "periodic recording"),
        "successful" => ("成功", "successful"),
        "unsuccessful" => ("不成功", "unsuccessful"),
        "off" => ("オフ", "off"),
        _ when PacingModes.Contains(code) => (code.ToUpperInvariant(), code.ToUpperInvariant()),
        _ => (code, code),
    };

    private static MeasurementKind Lead((string Code, string En, string Ja, uint Offset, uint SensingOffset) channel) =>
        Kind($"implant-lead-{channel.Code}", $"Lead, {channel.En}", $"{channel.Ja}リード",
            Code($"lead-status-{channel.Code}", $"Lead status, {channel.En}", $"{channel.Ja}リードの状態", 721984 + channel.Offset, "check-lead", Other),
            Number($"lead-impedance-{channel.Code}", $"Lead impedance, {channel.En}", $"{channel.Ja}リード抵抗", 722432 + channel.Offset, "Ohm", 0, 20_000, 0));

    private static MeasurementKind Sensing((string Code, string En, string Ja, uint Offset, uint SensingOffset) channel)
    {
        VitalSign Amplitude(string which, string en, string ja, uint offset) => Number(
            $"sensing-{which}-{channel.Code}", $"{en}, {channel.En}", $"{channel.Ja}{ja}", 722048 + channel.SensingOffset + offset, "mV", 0, 100, 1);
        return Kind($"implant-sensing-{channel.Code}", $"Sensing, {channel.En}", $"{channel.Ja}センシング",
            Amplitude("amplitude", "Sensed amplitude", "波高値", 0),
            Amplitude("maximum", "Sensed amplitude, maximum", "波高値（最大）", 1),
            Amplitude("minimum", "Sensed amplitude, minimum", "波高値（最小）", 2),
            Amplitude("mean", "Sensed amplitude, mean", "波高値（平均）", 3));
    }

    private static MeasurementKind Threshold((string Code, string En, string Ja, uint Offset, uint SensingOffset) channel) =>
        Kind($"implant-threshold-{channel.Code}", $"Pacing threshold, {channel.En}", $"{channel.Ja}刺激閾値",
            Number($"threshold-amplitude-{channel.Code}", $"Threshold amplitude, {channel.En}", $"{channel.Ja}刺激閾値（電圧）", 722176 + channel.Offset, "V", 0, 20, 2),
            Number($"threshold-pulse-width-{channel.Code}", $"Threshold pulse width, {channel.En}", $"{channel.Ja}刺激閾値（パルス幅）", 722240 + channel.Offset, "ms", 0, 10, 2));

    private static MeasurementKind Kind(string code, string en, string ja, params IReadOnlyList<VitalSign> signs) =>
        new(code, [], signs, null, null, EntryPriority.Episode, RecordCategory.Procedure) { NameEn = en, NameJa = ja };

    private static VitalSign Count(string code, string en, string ja, uint mdc) => Number(code, en, ja, mdc, "1", 0, CountMaximum, 0);

    private static VitalSign Number(string code, string en, string ja, uint mdc, string unit, decimal minimum, decimal maximum, int decimals) =>
        new(code, en, ja, null, mdc, unit, minimum, maximum, decimals, []);

    private static VitalSign Code(string code, string en, string ja, uint mdc, params string[] codes) => new(code, en, ja, null, mdc, "", 0, 0, 0, codes);
}
