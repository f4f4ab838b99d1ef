using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.DBus;

/// <summary>An exported object that answers by a function.</summary>
internal sealed class Answering(Func<BusMessage, CancellationToken, ValueTask<BusReply>> answer) : IBusObject
{
    public Answering(Func<BusMessage, BusReply> answer)
        : this((call, _) => new ValueTask<BusReply>(answer(call)))
    {
    }

    public ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation) => answer(call, cancellation);
}
