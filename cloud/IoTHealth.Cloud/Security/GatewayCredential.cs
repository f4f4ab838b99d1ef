using System.Security.Cryptography;

namespace IoTHealth.Cloud.Security;

/// <summary>By what a gateway is known.</summary>
public abstract record GatewayCredential
{
    private GatewayCredential()
    {
    }

    /// <summary>A key of 32 bytes, by which it signs its tokens.</summary>
    public sealed record SharedKey(ReadOnlyMemory<byte> Bytes) : GatewayCredential
    {
        public bool Equals(SharedKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(Bytes.Span, other.Bytes.Span);

        public override int GetHashCode() => Bytes.Length;
    }

    /// <summary>One certificate, by the SHA-256 of its DER form in hexadecimal digits.</summary>
    public sealed record Thumbprint(string Sha256) : GatewayCredential;

    /// <summary>Whatever certificate the hub's client authority issued for its id.</summary>
    public sealed record Issued : GatewayCredential;
}
