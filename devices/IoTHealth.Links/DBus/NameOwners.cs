using System.Collections.Concurrent;

namespace IoTHealth.Links.DBus;

/// <summary>Which unique name owns each well-known name that subscriptions mention, at the present place in the bus's order.</summary>
internal sealed class NameOwners
{
    private readonly ConcurrentDictionary<string, string> _owners = new();

    /// <summary>The owner; empty when nobody owns it, or it was never asked for. A unique name owns itself.</summary>
    public string Of(string name) => IsWellKnown(name) ? _owners.GetValueOrDefault(name, "") : name;

    public bool Knows(string name) => !IsWellKnown(name) || _owners.ContainsKey(name);

    /// <summary>Takes an answer to GetNameOwner, unless a signal has told something later.</summary>
    public void Learn(string name, string owner) => _owners.TryAdd(name, owner);

    /// <summary>Takes a NameOwnerChanged of the bus itself; any other signal is left alone.</summary>
    public void Hear(BusMessage signal)
    {
        if (signal is { Sender: BusName.Bus, Interface: BusName.Bus, Member: "NameOwnerChanged" }
            && signal.Body is [string name, string, string owner]
            && IsWellKnown(name))
        {
            _owners[name] = owner;
        }
    }

    private static bool IsWellKnown(string name) => !name.StartsWith(':') && name != BusName.Bus;
}
