using System.Globalization;

namespace IoTHealth.Simulators.Counting;

/// <summary>What makes two readings the same one.</summary>
/// <param name="Serial">The device's serial number.</param>
/// <param name="Kind">What was measured.</param>
/// <param name="Instant">When, exactly: a shift of a millisecond makes another reading.</param>
/// <param name="Value">As <see cref="ValueText"/> writes it: a number without needless zeros, a code, <c>absent</c>, or several signs' values.</param>
public readonly record struct ReadingKey(string Serial, string Kind, DateTimeOffset Instant, string Value)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Serial} {Kind} {Instant.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'} {Value}");
}

/// <summary>A reading a simulator made.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Acknowledged">Whether its PUBACK, its frame's ACK or its message's AA came: from then on the product answers for it.</param>
/// <param name="Guarantee">Its device's class.</param>
/// <param name="WentOut">False for one that was measured and has not left the device.</param>
public readonly record struct SentReading(
    string Device, ReadingKey Key, bool Acknowledged, GuaranteeClass Guarantee = GuaranteeClass.Acknowledged, bool WentOut = true);

/// <summary>A reading found as an Observation.</summary>
public readonly record struct FoundReading(string Observation, ReadingKey Key);
