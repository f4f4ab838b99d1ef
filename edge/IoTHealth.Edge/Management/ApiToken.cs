using System.Security.Cryptography;
using System.Text;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management;

/// <summary>The bearer token of the local API, made at the first start in <c>api.token</c>, mode 0600.</summary>
public sealed class ApiToken
{
    public const string FileName = "api.token";

    private readonly byte[] _token;

    /// <exception cref="IOException">The file is empty or readable by others.</exception>
    public ApiToken(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            SecretFile.Create(path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
        }

        _token = Encoding.ASCII.GetBytes(SecretFile.ReadText(path));
    }

    /// <summary>Whether an Authorization header carries the token; compared in constant time.</summary>
    public bool Matches(string? authorization)
    {
        const string Scheme = "Bearer ";
        return authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) &&
               CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()));
    }
}
