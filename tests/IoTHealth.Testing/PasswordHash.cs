using System.Security.Cryptography;

namespace IoTHealth.Testing;

/// <summary>
/// Passwords as the edge's registry keeps them: <c>pbkdf2-sha256$iterations$salt$hash</c>. Written from the contract
/// (docs/SEAMS.md), not shared with the edge, so that both sides test each other.
/// </summary>
public static class PasswordHash
{
    private const int Iterations = 100_000;

    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, 32);
        return $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    /// <summary>A new random password of 128 bits in hexadecimal digits.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
