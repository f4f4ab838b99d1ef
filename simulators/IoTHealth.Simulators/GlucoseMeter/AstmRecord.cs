using System.Globalization;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>Records of ASTM E1394 (CLSI LIS02-A2) as meters of the Contour family write them, without their CR.</summary>
internal static class AstmRecord
{
    public const string Patient = "P|1";
    public const string End = "L|1||N";

    /// <param name="password">Six letters and digits, the meter's own.</param>
    /// <param name="clock">What the meter's clock shows.</param>
    public static string Header(MeterProduct product, string serial, string password, GlucoseUnit unit, int count, DateTime clock)
    {
        var settings = $"A=1^C=63^G=1^I=0200^R=0^S=1^U={unit.HeaderCode}^V={unit.HeaderLimits}"
            + "^X=070070070070180130150250^Y=360126090050099050300089^Z=1";
        return string.Create(
            CultureInfo.InvariantCulture, $@"H|\^&||{password}|{product.Sender(serial)}|{settings}|{count}||||||1|{Minute(clock)}");
    }

    public static string Result(MemoryRecord record) => string.Create(
        CultureInfo.InvariantCulture,
        $"R|{record.Index}|^^^Glucose|{record.Value}|{record.Unit.Name}^P||{record.Markers}||{Minute(record.Time)}");

    private static string Minute(DateTime time) => time.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
}
