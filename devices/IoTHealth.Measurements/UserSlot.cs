using System.Globalization;

namespace IoTHealth.Measurements;

/// <summary>
/// User slots of devices that several people share. A driver tells the slot as a flag, <c>user-2</c>; a reading without such a flag, or
/// with <c>user-unknown</c>, came from nobody knows which.
/// </summary>
public static class UserSlot
{
    public const string Unknown = "user-unknown";

    private const string Prefix = "user-";

    public static string Flag(int slot) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{slot}");

    /// <summary>The slot that a flag names, or null.</summary>
    public static int? Of(string flag) =>
        flag.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(flag.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            ? slot
            : null;

    /// <summary>The slot of a reading; null where it names none, or more than one.</summary>
    public static int? Of(Measurement measurement)
    {
        var slots = measurement.Flags.Select(Of).OfType<int>().Distinct().ToList();
        return slots is [var only] ? only : null;
    }
}
