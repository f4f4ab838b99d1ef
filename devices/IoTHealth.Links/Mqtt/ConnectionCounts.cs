using System.Net;

namespace IoTHealth.Links.Mqtt;

/// <summary>Connections at once, in all and of each address, from the moment they are accepted.</summary>
internal sealed class ConnectionCounts(int maximum, int perAddressMaximum)
{
    private readonly Dictionary<IPAddress, int> _ofAddress = [];
    private readonly Lock _lock = new();

    private int _all;

    /// <summary>Counts one more.</summary>
    /// <returns>Why it may not come in, or null.</returns>
    public string? Enter(IPAddress address)
    {
        lock (_lock)
        {
            var ofAddress = _ofAddress.GetValueOrDefault(address);
            if (_all >= maximum || ofAddress >= perAddressMaximum)
            {
                return _all >= maximum ? $"{maximum} connections are open" : $"{perAddressMaximum} connections of its address are open";
            }

            _all++;
            _ofAddress[address] = ofAddress + 1;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _all--;
            if (--_ofAddress[address] == 0)
            {
                _ofAddress.Remove(address);
            }
        }
    }
}
