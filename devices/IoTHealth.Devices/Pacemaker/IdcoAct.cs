using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The OBX of one act of measuring, and the measurement they make. Stable bytes are its time as sent, the instance and
/// <c>term=value unit</c> of each OBX in order of terms, as sent. OBX-4 numbers leads, but only lines up episodes and counters
/// within one report: an episode goes by its own number and time (a later report may tell more of it), a counter by its content.
/// </summary>
internal sealed class IdcoAct(string kind, string instance, string fallbackTime)
{
    private readonly SortedDictionary<uint, (IdcoObservation Sent, Component? Component)> _signs = [];

    public bool HasValue => _signs.Values.Any(sign => sign.Component is not null);

    /// <summary>Whether an OBX can belong to this act: one whose term it has with another content begins the next.</summary>
    public bool Takes(IdcoObservation observation) => !_signs.TryGetValue(observation.Code!.Value, out var known) || known.Sent.Sent == observation.Sent;

    public void Add(IdcoObservation observation, Component? component) => _signs[observation.Code!.Value] = (observation, component);

    /// <param name="unique">What stands for a time where there is none at all: control id and time of the message.</param>
    public DecodedMeasurement Complete(string unique)
    {
        var sentTime = SentTime();
        var isTimed = Hl7DateTime.TryRead(sentTime, out var time);
        var stable = Stable(isTimed ? sentTime : unique);
        return new DecodedMeasurement(
            kind,
            [.. Encoding.UTF8.GetBytes(stable)],
            0,
            isTimed ? time.Time : null,
            [.. _signs.Values.Select(sign => sign.Component).OfType<Component>()],
            [.. Flags(isTimed && !time.HasTimeOfDay)],
            Encoding.UTF8.GetBytes(string.Join('\r', _signs.Values.Select(sign => sign.Sent.Line))));
    }

    private string SentTime()
    {
        if (kind == IdcoTermSigns.Episode && EpisodeTime() is { } episode)
        {
            return episode;
        }

        return _signs.Values.Select(sign => sign.Sent.Time).FirstOrDefault(sent => Hl7DateTime.TryRead(sent, out _), fallbackTime);
    }

    private string? EpisodeTime() =>
        _signs.TryGetValue(IdcoTermSigns.EpisodeTime, out var said) && Hl7DateTime.TryRead(said.Sent.Text, out _) ? said.Sent.Text : null;

    private string Stable(string time)
    {
        if (time.Length == 0)
        {
            return "";
        }

        var parts = Deciding().Select(sign => string.Create(CultureInfo.InvariantCulture, $"{sign.Key}={sign.Value.Sent.Sent}"));
        var which = kind is IdcoTermSigns.Episode or IdcoTermSigns.EpisodeCount ? "" : instance;
        return string.Join('\n', [time, which, .. parts]);
    }

    private IEnumerable<KeyValuePair<uint, (IdcoObservation Sent, Component? Component)>> Deciding() =>
        _signs.ContainsKey(IdcoTermSigns.EpisodeId) && EpisodeTime() is not null
            ? _signs.Where(sign => sign.Key is IdcoTermSigns.EpisodeId or IdcoTermSigns.EpisodeTime)
            : _signs;

    private IEnumerable<string> Flags(bool isDayOnly)
    {
        if (isDayOnly)
        {
            yield return "time-of-day-unknown";
        }

        if (kind == IdcoTermSigns.Episode && EpisodeTime() is null)
        {
            yield return "episode-time-unknown";
        }

        if (kind == IdcoTermSigns.HighVoltageLead && instance.Length > 0 && instance.All(char.IsAsciiLetterOrDigit))
        {
            yield return $"lead-{instance.ToLowerInvariant()}";
        }
    }
}
