using System.CommandLine;
using System.Runtime.CompilerServices;

namespace IoTHealth.Benchmarks.Devices;

/// <summary>The devices' protocols: decoders, the report of a pacemaker, the memory of a meter.</summary>
internal sealed class DeviceSuite : ISuite
{
    private readonly TimeProvider _time;
    private readonly Option<int> _baud = new("--baud")
    {
        Description = "Speed of the meter's line, 8N1; the slower, the less the pacing of the simulated line itself counts",
        DefaultValueFactory = _ => 9600,
    };

    private readonly Option<bool> _isWithoutMeter = new("--no-meter") { Description = "Leave out the meter's memory, which takes as long as its line does (over a minute at 9600 baud)" };

    public DeviceSuite(TimeProvider time)
    {
        _time = time;
        Command = new Command("devices", "Decoders against reading their bytes and allocating what they give; an IDCO report against splitting it; a meter's memory against its line")
        {
            _baud, _isWithoutMeter,
        };
    }

    public Command Command { get; }

    public async IAsyncEnumerable<Figure> MeasureAsync(ParseResult parsed, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var measure in DecoderFigures.All)
        {
            yield return measure(_time);
        }

        yield return ReportFigure.Measure(_time);
        if (!parsed.GetValue(_isWithoutMeter))
        {
            yield return await MeterFigure.MeasureAsync(parsed.GetValue(_baud), _time, stop);
        }
    }
}
