using System.Collections.Immutable;
using System.Text.Json;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>One record of a payload, with what all its measurements share.</summary>
internal sealed record DecodedRecord(JsonElement Fields, ImmutableArray<byte> Stable, DeviceTime? Time, byte[] Raw)
{
    /// <summary>The stable bytes as a key to count equal records by.</summary>
    public string StableKey { get; } = Convert.ToHexString(Stable.AsSpan());
}
