using System.Globalization;
using IoTHealth.Demo.Running;

namespace IoTHealth.Demo;

/// <summary>Prints how far the drain has come, whenever that has changed and not more than about twice a second.</summary>
internal sealed class DrainProgress : IProgress<Drain>
{
    private const int EveryLooks = 5;
    private int looks;
    private Drain? printed;

    public void Report(Drain value)
    {
        if (value != printed && (value.Done || looks++ % EveryLooks == 0))
        {
            printed = value;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"draining: journal {value.Head}, uplink {value.Uplinked}, cloud {value.Received}, feed {value.Behind} behind"));
        }
    }
}
