using System.Collections.Frozen;
using System.Globalization;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// Terms of IEEE 11073-10103 (partition 11). A sender's number counts; where it is missing the reference id finds it, by its
/// present or its former name.
/// </summary>
public static class IdcoTerms
{
    private const uint PartitionFirst = 11u * 65536u;
    private const uint PartitionLast = PartitionFirst + 65535u;

    private static readonly FrozenDictionary<string, uint> ByReferenceId = new Dictionary<string, uint>(StringComparer.OrdinalIgnoreCase)
    {
        ["MDC_IDC_DEV_TYPE"] = 720897, ["MDC_IDC_PG_TYPE"] = 720897,
        ["MDC_IDC_DEV_MODEL"] = 720898, ["MDC_IDC_PG_MODEL"] = 720898,
        ["MDC_IDC_DEV_SERIAL_NUMBER"] = 720899, ["MDC_IDC_PG_SERIAL"] = 720899,
        ["MDC_IDC_DEV_MFG"] = 720900, ["MDC_IDC_PG_MFG"] = 720900,
        ["MDC_IDC_DEV_IMPLANT_DT"] = 720901, ["MDC_IDC_PG_IMPLANT_DT"] = 720901,
        ["MDC_IDC_LEAD_CONNECTION_STATUS"] = 720970,
        ["MDC_IDC_SESS_DTM"] = 721025, ["MDC_IDC_SESS_TYPE"] = 721026,
        ["MDC_IDC_MSMT_BATTERY_DTM"] = 721216, ["MDC_IDC_MSMT_BATTERY_STATUS"] = 721280, ["MDC_IDC_MSMT_BATTERY_VOLTAGE"] = 721344,
        ["MDC_IDC_MSMT_BATTERY_IMPEDANCE"] = 721408, ["MDC_IDC_MSMT_BATTERY_REMAINING_LONGEVITY"] = 721472,
        ["MDC_IDC_MSMT_BATTERY_REMAINING_PERCENTAGE"] = 721536, ["MDC_IDC_MSMT_BATTERY_RRT_TRIGGER"] = 721600,
        ["MDC_IDC_MSMT_CAP_CHARGE_TIME"] = 721728, ["MDC_IDC_MSMT_CAP_CHARGE_ENERGY"] = 721792,
        ["MDC_IDC_MSMT_LEADCHNL_RA_LEAD_CHANNEL_STATUS"] = 721984, ["MDC_IDC_MSMT_LEADCHNL_RV_LEAD_CHANNEL_STATUS"] = 721985,
        ["MDC_IDC_MSMT_LEADCHNL_LV_LEAD_CHANNEL_STATUS"] = 721987,
        ["MDC_IDC_MSMT_LEADCHNL_RA_SENSING_INTR_AMPL"] = 722048, ["MDC_IDC_MSMT_LEADCHNL_RV_SENSING_INTR_AMPL"] = 722052,
        ["MDC_IDC_MSMT_LEADCHNL_LV_SENSING_INTR_AMPL"] = 722060,
        ["MDC_IDC_MSMT_LEADCHNL_RA_PACING_THRESHOLD_AMPLITUDE"] = 722176, ["MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE"] = 722177,
        ["MDC_IDC_MSMT_LEADCHNL_LV_PACING_THRESHOLD_AMPLITUDE"] = 722179,
        ["MDC_IDC_MSMT_LEADCHNL_RA_PACING_THRESHOLD_PULSEWIDTH"] = 722240, ["MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_PULSEWIDTH"] = 722241,
        ["MDC_IDC_MSMT_LEADCHNL_LV_PACING_THRESHOLD_PULSEWIDTH"] = 722243,
        ["MDC_IDC_MSMT_LEADCHNL_RA_IMPEDANCE_VALUE"] = 722432, ["MDC_IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE"] = 722433,
        ["MDC_IDC_MSMT_LEADCHNL_LV_IMPEDANCE_VALUE"] = 722435,
        ["MDC_IDC_MSMT_LEADHVCHNL_IMPEDANCE"] = 722624, ["MDC_IDC_MSMT_LEADHVCHNL_STATUS"] = 722752,
        ["MDC_IDC_SET_CRT_LVRV_DELAY"] = 729344, ["MDC_IDC_SET_BRADY_MODE"] = 730752, ["MDC_IDC_SET_BRADY_LOWRATE"] = 730880,
        ["MDC_IDC_STAT_BRADY_RA_PERCENT_PACED"] = 737520, ["MDC_IDC_STAT_BRADY_RV_PERCENT_PACED"] = 737536,
        ["MDC_IDC_STAT_AT_BURDEN_PERCENT"] = 737696, ["MDC_IDC_STAT_AT_MODE_SW_COUNT"] = 737744,
        ["MDC_IDC_STAT_CRT_LV_PERCENT_PACED"] = 737792, ["MDC_IDC_STAT_CRT_PERCENT_PACED"] = 737808,
        ["MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT"] = 737824, ["MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL"] = 737840,
        ["MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_RECENT"] = 737856, ["MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_TOTAL"] = 737872,
        ["MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_RECENT"] = 737888, ["MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_TOTAL"] = 737904,
        ["MDC_IDC_STAT_EPISODE_TYPE"] = 737952, ["MDC_IDC_STAT_EPISODE_RECENT_COUNT"] = 738000, ["MDC_IDC_STAT_EPISODE_TOTAL_COUNT"] = 738032,
        ["MDC_IDC_EPISODE_ID"] = 739536, ["MDC_IDC_EPISODE_DTM"] = 739552, ["MDC_IDC_EPISODE_TYPE"] = 739568,
        ["MDC_IDC_EPISODE_THERAPY_RESULT"] = 739696, ["MDC_IDC_EPISODE_DURATION"] = 739712,
        ["MDC_IDC_MSMT_LEADCHNL_RA_SENSING_INTR_AMPL_MAX"] = 722049, ["MDC_IDC_MSMT_LEADCHNL_RV_SENSING_INTR_AMPL_MAX"] = 722053,
        ["MDC_IDC_MSMT_LEADCHNL_LV_SENSING_INTR_AMPL_MAX"] = 722061,
        ["MDC_IDC_MSMT_LEADCHNL_RA_SENSING_INTR_AMPL_MIN"] = 722050, ["MDC_IDC_MSMT_LEADCHNL_RV_SENSING_INTR_AMPL_MIN"] = 722054,
        ["MDC_IDC_MSMT_LEADCHNL_LV_SENSING_INTR_AMPL_MIN"] = 722062,
        ["MDC_IDC_MSMT_LEADCHNL_RA_SENSING_INTR_AMPL_MEAN"] = 722051, ["MDC_IDC_MSMT_LEADCHNL_RV_SENSING_INTR_AMPL_MEAN"] = 722055,
        ["MDC_IDC_MSMT_LEADCHNL_LV_SENSING_INTR_AMPL_MEAN"] = 722063,
        ["MDC_IDC_SET_LEADCHNL_RA_PACING_AMPLITUDE"] = 729984, ["MDC_IDC_SET_LEADCHNL_RV_PACING_AMPLITUDE"] = 729985,
        ["MDC_IDC_SET_LEADCHNL_LV_PACING_AMPLITUDE"] = 729987,
        ["MDC_IDC_SET_BRADY_MAX_TRACKING_RATE"] = 731136, ["MDC_IDC_SET_BRADY_MAX_SENSOR_RATE"] = 731200,
        ["MDC_IDC_STAT_TACHYHERAPY_ATP_DELIVERED_TOTAL"] = 737904,
        ["MDC_IDC_STAT_EPISODE_VENDOR_TYPE"] = 737984, ["MDC_IDC_EPISODE_VENDOR_TYPE"] = 739600,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The term of an OBX-3, or null where neither number nor reference id belongs to the nomenclature.</summary>
    public static uint? Find(string number, string referenceId)
    {
        if (uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= PartitionFirst and <= PartitionLast)
        {
            return code;
        }

        return ByReferenceId.TryGetValue(referenceId, out code) || ByReferenceId.TryGetValue(number, out code) ? code : null;
    }

    /// <summary>Whether a term holds a date, whatever type the sender gives it (738017 to 738050 arrive as NM).</summary>
    public static bool IsDate(string referenceId)
    {
        foreach (var part in referenceId.AsSpan().Split('_'))
        {
            if (referenceId.AsSpan()[part] is "DTM" or "DT")
            {
                return true;
            }
        }

        return false;
    }
}
