using System.Buffers.Binary;
using System.Globalization;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>
/// Date Time (2A08 layout): the device's local clock without zone. 0 = unknown for year, month and day; nothing is ever put in
/// place of an unknown part. GATT Specification Supplement, section 3.72.
/// </summary>
public readonly record struct GattDateTime(int Year, int Month, int Day, int Hour, int Minute, int Second)
{
    public const int Length = 7;

    /// <summary>True when every part is known and the date exists.</summary>
    public bool IsComplete => ToDateTime() is not null;

    /// <summary>True when each part lies in its range, known or not.</summary>
    public bool IsValid =>
        (Year is 0 or (>= 1582 and <= 9999)) && Month is >= 0 and <= 12 && Day is >= 0 and <= 31 &&
        Hour is >= 0 and <= 23 && Minute is >= 0 and <= 59 && Second is >= 0 and <= 59 &&
        (Day == 0 || Month == 0 || Day <= DateTime.DaysInMonth(Year is 0 ? 2000 : Year, Month));

    /// <summary>Reads seven bytes.</summary>
    public static GattDateTime Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt16LittleEndian(bytes), bytes[2], bytes[3], bytes[4], bytes[5], bytes[6]);

    /// <summary>The wall clock, or null where a part is unknown.</summary>
    public DateTime? ToDateTime() => IsValid && Year > 0 && Month > 0 && Day > 0
        ? new DateTime(Year, Month, Day, Hour, Minute, Second, DateTimeKind.Unspecified)
        : null;

    /// <summary>Whether it shows less; what is unknown comes first.</summary>
    public bool IsBefore(GattDateTime other) =>
        (Year, Month, Day, Hour, Minute, Second).CompareTo((other.Year, other.Month, other.Day, other.Hour, other.Minute, other.Second)) < 0;

    /// <summary>ISO 8601 without zone; unknown parts are zeros.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Year:D4}-{Month:D2}-{Day:D2}T{Hour:D2}:{Minute:D2}:{Second:D2}");
}
