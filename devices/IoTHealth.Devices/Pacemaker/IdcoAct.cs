using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The OBX of one act of measuring, and the measurement they make. Stable bytes are its time, the lead where several are of one
/// kind, and <c>term=value unit</c> of each sign in order of terms, values as they were understood (2.60 is 2.6). OBX-4 numbers
/// leads, but only lines up episodes and counters within one report: an episode goes by its own number and time (a later report may
/// tell more of it), a counter by its content.
/// </summary>
internal sealed class IdcoAct(string kind, string instance)
{
    private const string EpisodeType = "episode-type";
    private const string EpisodeVendorType = "episode-vendor-type";
    private const int StableBytesMaximum = 1024;

    private readonly SortedDictionary<uint, (IdcoObservation Sent, Component? Component, IdcoTime Time)> _signs = [];
    private readonly List<string> _lines = [];
    private uint _anchor;

    /// <summary>Whether it is an episode that its own number tells apart, however often it is told.</summary>
    public bool IsNumbered => _signs.ContainsKey(IdcoTermSigns.EpisodeId);

    /// <summary>What it says, term by term.</summary>
    public string Content => string.Join('\n', _signs.Select(sign => $"{sign.Key}={Said(sign.Value.Sent, sign.Value.Component)}"));

    /// <summary>
    /// Whether an OBX can belong to this act: one whose term it has with another content begins the next. Episodes and counters
    /// without OBX-4 are told apart by the term that each of them begins with.
    /// </summary>
    public bool Takes(IdcoObservation observation, Component? component)
    {
        var term = observation.Code!.Value;
        var isListed = instance.Length == 0 && kind is IdcoTermSigns.Episode or IdcoTermSigns.EpisodeCount;
        return !_signs.TryGetValue(term, out var known) || (!(isListed && term == _anchor) && Said(known.Sent, known.Component) == Said(observation, component));
    }

    public void Add(IdcoObservation observation, Component? component, IdcoTime time)
    {
        _anchor = _signs.Count == 0 ? observation.Code!.Value : _anchor;
        _signs[observation.Code!.Value] = (observation, component, time);
        _lines.Add(observation.Line);
    }

    public DecodedMeasurement Complete()
    {
        var time = Time();
        return new DecodedMeasurement(
            kind,
            Stable(time),
            0,
            time.Time,
            [.. Components()],
            [.. Flags(time)],
            Encoding.UTF8.GetBytes(string.Join('\r', _lines)));
    }

    private IdcoTime Time() => EpisodeTime() is { } episode
        ? episode
        : _signs.Values.Select(sign => sign.Time).FirstOrDefault(time => time.Time is not null, _signs.Values.First().Time);

    private IdcoTime? EpisodeTime() => _signs.TryGetValue(IdcoTermSigns.EpisodeTime, out var said) ? said.Time : null;

    private static string Said(IdcoObservation sent, Component? component) => component is null ? sent.Said : Text(component.Value);

    private List<Component> Components()
    {
        var components = _signs.Values.Select(sign => sign.Component).OfType<Component>().ToList();
        if (kind == IdcoTermSigns.Episode && components.All(component => component.Sign is not (EpisodeType or EpisodeVendorType)))
        {
            components.Add(new Component(EpisodeType, new MeasuredValue.Absent(AbsentReason.Unknown)));
        }

        return components;
    }

    private ImmutableArray<byte> Stable(IdcoTime time)
    {
        if (time.Identity.Length == 0 && !IsNumbered)
        {
            return [];
        }

        string[] head = IsNumbered
            ? ["episode", EpisodeTime()?.Identity ?? "", SentText.Of(_signs[IdcoTermSigns.EpisodeId].Sent.Said)]
            : [time.Identity, kind == IdcoTermSigns.HighVoltageLead ? instance : "", .. _signs.Where(sign => sign.Value.Component is not null).Select(sign => $"{sign.Key}={Text(sign.Value.Component!.Value)}")];
        var stable = Encoding.UTF8.GetBytes(string.Join('\n', head));
        return [.. stable.Length > StableBytesMaximum ? SHA256.HashData(stable) : stable];
    }

    // Zeros at the end and the words around a code may differ from one report to the next.
    private static string Text(MeasuredValue value) => value switch
    {
        MeasuredValue.Quantity quantity => string.Create(CultureInfo.InvariantCulture, $"{quantity.Comparator}{quantity.Number:0.############################} {quantity.Unit}"),
        MeasuredValue.Coded { Code: "other" } coded => $"other {coded.Original}",
        MeasuredValue.Coded coded => coded.Code,
        _ => "absent",
    };

    private IEnumerable<string> Flags(IdcoTime time)
    {
        if (time.IsDayOnly)
        {
            yield return MeasurementFlag.TimeOfDayUnknown;
        }

        if (time.IsDoubtful)
        {
            yield return "time-unreadable";
        }

        if (kind == IdcoTermSigns.Episode && EpisodeTime() is null)
        {
            yield return "episode-time-unknown";
        }

        if (kind == IdcoTermSigns.HighVoltageLead && instance.Length > 0)
        {
            yield return $"lead-{instance}";
        }

        if (_signs.Values.Any(sign => sign.Sent.Status == "C"))
        {
            yield return "corrected";
        }

        // HL7 v2 table 0085: preliminary, partial, not verified.
        if (_signs.Values.Any(sign => sign.Sent.Status is "P" or "S" or "R"))
        {
            yield return "preliminary";
        }
    }
}
