using System.Globalization;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>Ports out of a READY line.</summary>
internal static class ReadyPort
{
    public static int Of(IReadOnlyDictionary<string, string> ready, string name) =>
        int.Parse(ready[name].Split(':')[^1], CultureInfo.InvariantCulture);
}
