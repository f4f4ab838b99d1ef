using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Edge.Registry;

/// <summary>Password hashes, <c>pbkdf2-sha256$iterations$salt$hash</c> with both in Base64 (RFC 8018, section 5.2).</summary>
public static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 100_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        return string.Join('$', Scheme, Iterations.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(salt), Convert.ToBase64String(hash));
    }

    /// <summary>Compares in constant time; false also for a hash that is not in our form.</summary>
    public static bool Matches(string hash, ReadOnlySpan<byte> password)
    {
        var parts = hash.Split('$');
        if (parts is not [Scheme, var count, var salt, var expected] ||
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1)
        {
            return false;
        }

        try
        {
            var wanted = Convert.FromBase64String(expected);
            var actual = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), iterations, HashAlgorithmName.SHA256, wanted.Length);
            return CryptographicOperations.FixedTimeEquals(wanted, actual);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
