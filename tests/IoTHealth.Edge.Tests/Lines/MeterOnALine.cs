using System.Globalization;
using System.Text;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Lines;

/// <summary>A meter with a memory on a pseudo-terminal that can be unplugged and plugged in again; its path stays the same.</summary>
internal sealed class MeterOnALine(string link, int records) : IDisposable
{
    private PseudoTerminal? _line;

    public void PlugIn()
    {
        _line = new PseudoTerminal();
        File.Delete(link);
        File.CreateSymbolicLink(link, _line.Path);
    }

    public void Unplug() => _line?.Dispose();

    /// <summary>Uploads the memory; with a number, only so many frames and half of the next.</summary>
    /// <returns>How many frames were acknowledged.</returns>
    public Task<int> UploadAsync(int? frames = null) => Task.Run(() =>
    {
        var line = _line!;
        Say(line, [0x05]);
        var acknowledged = 0;
        foreach (var (index, record) in Records().Index())
        {
            var frame = Frame((index + 1) % 8, record);
            if (index == frames)
            {
                line.Write(frame.AsSpan(0, frame.Length / 2));
                break;
            }

            acknowledged += Say(line, frame) ? 1 : 0;
        }

        line.Write([0x04]);
        return acknowledged;
    });

    public void Dispose()
    {
        Unplug();
        File.Delete(link);
    }

    private static bool Say(PseudoTerminal line, byte[] bytes)
    {
        line.Write(bytes);
        return line.Read() is [0x06];
    }

    private IEnumerable<string> Records()
    {
        // Its clock is right, in Tokyo.
        var clock = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), Sample.Device.Zone).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
        yield return @"H|\^&||pw|Contour^1\1\1^C-0001^7403-|U=0^V=10600||||||P|1|" + clock;
        var first = new DateTime(2026, 11, 1, 7, 0, 0);
        for (var i = 0; i < records; i++)
        {
            var time = first.AddMinutes(i * 40).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
            yield return $"R|{i + 1}|^^^Glucose|{90 + i % 100}|mg/dL^P||||{time}";
        }

        yield return "L|1||N";
    }

    private static byte[] Frame(int number, string record)
    {
        var body = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + record + (record[0] == 'L' ? "\r\x03" : "\r\x17"));
        var sum = body.Aggregate(0, (total, value) => (total + value) & 0xFF);
        return [0x02, .. body, .. Encoding.ASCII.GetBytes(sum.ToString("X2", CultureInfo.InvariantCulture) + "\r\n")];
    }
}
