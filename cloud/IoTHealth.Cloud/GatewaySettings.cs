using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud;

/// <summary>One gateway and what it is known by: exactly one of key file, thumbprint and authority.</summary>
public sealed record GatewaySettings
{
    private const int KeyBytes = 32;

    public required string Id { get; init; }

    /// <summary>File with its key, 32 bytes in base64.</summary>
    public string? KeyFile { get; init; }

    /// <summary>SHA-256 of its certificate in hexadecimal digits.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>True: whatever certificate the hub's client authority issued for its id.</summary>
    public bool? Ca { get; init; }

    public GatewaySettings Below(string folder) => KeyFile is null ? this : this with { KeyFile = Path.Combine(folder, KeyFile) };

    /// <exception cref="StartException">The key file is missing, open to others or no key.</exception>
    public GatewayCredential ReadCredential() =>
        KeyFile is not null ? new GatewayCredential.SharedKey(ReadKey(KeyFile))
        : Thumbprint is not null ? new GatewayCredential.Thumbprint(Thumbprint.ToUpperInvariant())
        : new GatewayCredential.Issued();

    private static byte[] ReadKey(string file)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(SecretFile.Read(file), bytes, out var length) && length == KeyBytes
            ? bytes[..KeyBytes]
            : throw new StartException($"{file}: it must hold {KeyBytes} bytes in base64");
    }
}
