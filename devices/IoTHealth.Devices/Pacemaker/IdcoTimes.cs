using System.Security.Cryptography;
using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The times of one report: an observation's own, else the report's, else the message's. The offset of MSH-7 holds for all that
/// have none. A battery goes by its own time (721216), which may be months before the report.
/// </summary>
internal sealed class IdcoTimes
{
    private readonly TimeSpan? _offset;
    private readonly IdcoTime _message;
    private readonly List<int> _batterySegments = [];
    private readonly List<IdcoTime> _batteries = [];

    public IdcoTimes(IdcoReport report)
    {
        var (sent, control) = (report.Message.Msh.Component(7, 1), report.Message.ControlId);
        _offset = Hl7DateTime.TryRead(sent, out var read) ? read.Time.Offset : null;

        // When the message was made says little: sent again it may say otherwise, so its control id counts.
        _message = Read(sent) ?? new IdcoTime(null, "", false, false);
        _message = control.Length > 0 ? _message with { Identity = $"message {Short(control)}" } : _message;
        foreach (var observation in report.Observations.Where(observation => observation.Code == IdcoTermSigns.BatteryTime && observation.Status is not ("X" or "W" or "D")))
        {
            if (Read(observation.Said) is { } time)
            {
                _batterySegments.Add(observation.Segment);
                _batteries.Add(time);
            }
        }
    }

    /// <summary>A time that stands in a field of its own; null where it is none.</summary>
    public IdcoTime? Read(string sent) => IdcoTime.Read(sent, _offset, isDoubtful: false);

    public IdcoTime Of(IdcoObservation observation, string kind)
    {
        if (kind == IdcoTermSigns.Battery && _batteries.Count > 0)
        {
            // Of several the one before it; the first where none is.
            return _batteries[Math.Max(0, ~_batterySegments.BinarySearch(observation.Segment) - 1)];
        }

        return IdcoTime.Read(observation.Time, _offset, observation.IsTimeUnreadable)
            ?? _message with { IsDoubtful = observation.IsTimeUnreadable || IdcoObx.IsUnreadable(observation.Time) };
    }

    public DeviceTime? OfDocument(string sent) => (Read(sent) ?? _message).Time;

    private static string Short(string control) =>
        control.Length <= IdcoValue.LengthMaximum ? control : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(control)));
}
