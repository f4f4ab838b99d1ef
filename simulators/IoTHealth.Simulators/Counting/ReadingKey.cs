using System.Globalization;

namespace IoTHealth.Simulators.Counting;

/// <summary>What makes two readings the same one.</summary>
/// <param name="Serial">The device's serial number.</param>
/// <param name="Kind">What was measured.</param>
/// <param name="Instant">When, exactly: a shift of a millisecond makes another reading.</param>
/// <param name="Value">A number without needless zeros, a code, or <c>absent</c>.</param>
public readonly record struct ReadingKey(string Serial, string Kind, DateTimeOffset Instant, string Value)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Serial} {Kind} {Instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'} {Value}");

    /// <summary>The same text for the same number, whatever scale it was written with.</summary>
    public static string NumberText(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("0.############################", CultureInfo.InvariantCulture)
            : text;
}

/// <summary>A reading a simulator sent.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Acknowledged">Whether its PUBACK, or its frame's ACK, came: from then on the product answers for it.</param>
public readonly record struct SentReading(string Device, ReadingKey Key, bool Acknowledged);

/// <summary>A reading found as an Observation.</summary>
public readonly record struct FoundReading(string Observation, ReadingKey Key);
