using System.Globalization;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>When something was measured, as far as a report says it.</summary>
/// <param name="Time">What the clock showed; null where nothing of the report is a time.</param>
/// <param name="Identity">What stands for the time in ids: the instant where the sender gives an offset, else the time on the wall; empty for none.</param>
/// <param name="IsDayOnly">Whether the day alone is known.</param>
/// <param name="IsDoubtful">Whether a time was sent that cannot be read, and this one stands in for it.</param>
internal sealed record IdcoTime(DeviceTime? Time, string Identity, bool IsDayOnly, bool IsDoubtful)
{
    /// <param name="sent">As it was sent.</param>
    /// <param name="offset">The message's offset, for times without one.</param>
    /// <param name="isDoubtful">Whether it stands in for one that cannot be read.</param>
    public static IdcoTime? Read(string sent, TimeSpan? offset, bool isDoubtful)
    {
        if (!Hl7DateTime.TryRead(sent, out var read))
        {
            return null;
        }

        var (wall, own) = (read.Time.Wall, read.Time.Offset);
        var identity = read.HasTimeOfDay
            ? (own is { } known ? wall - known : wall).ToString(own is null ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            : wall.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new IdcoTime(read.Time with { Offset = own ?? offset }, identity, !read.HasTimeOfDay, isDoubtful);
    }
}
