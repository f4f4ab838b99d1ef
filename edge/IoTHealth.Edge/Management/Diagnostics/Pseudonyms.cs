using System.Security.Cryptography;
using System.Text;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Diagnostics;

/// <summary>
/// Short names in place of what might lead to a person: keys, serial numbers, addresses and places of devices. The same device has the same
/// short name in everything one box exports; the box's own secret salts it, so that nobody can try serial numbers.
/// </summary>
internal sealed class Pseudonyms
{
    private const int Digits = 8;

    private readonly byte[] _salt;
    private readonly List<(string Hidden, string Shown)> _words = [];

    public Pseudonyms(EdgeConfiguration configuration, byte[] salt)
    {
        _salt = salt;
        foreach (var device in configuration.Devices)
        {
            var name = Of(device.Key);
            Hide(name, device.Key, device.Serial, device.SystemId, device.Radio?.Address, device.Line?.Path, device.Line?.Usb);
            Hide("(place)", device.Place);
        }

        configuration.Stations.ToList().ForEach(station => Hide(Of(station.Key), station.Key));
        configuration.Api.Users.ToList().ForEach(user => Hide("(user)", user.Name));
        _words.Sort((one, other) => other.Hidden.Length.CompareTo(one.Hidden.Length));
    }

    /// <summary>The short name of a device.</summary>
    public string Of(string key) => "device-" + Convert.ToHexStringLower(HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(key)))[..Digits];

    /// <summary>A text with every such word replaced.</summary>
    public string In(string text) => _words.Aggregate(text, (hidden, word) => hidden.Replace(word.Hidden, word.Shown, StringComparison.OrdinalIgnoreCase));

    private void Hide(string shown, params ReadOnlySpan<string?> words)
    {
        foreach (var word in words)
        {
            if (!string.IsNullOrWhiteSpace(word))
            {
                _words.Add((word, shown));
            }
        }
    }
}
