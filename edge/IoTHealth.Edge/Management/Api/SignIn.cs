using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Api;

/// <summary>What became of an attempt to sign in.</summary>
/// <param name="Caller">Who it is; null where it failed.</param>
/// <param name="Refusal">Why it failed, for the caller.</param>
/// <param name="IsGuessing">Too many failures from there: not even looked at.</param>
public readonly record struct SignInResult(ApiCaller? Caller, string Refusal = "", bool IsGuessing = false);

/// <summary>
/// Signs callers in: the box's own tools by the token, staff by name and password (HTTP Basic, RFC 7617) over TLS. An address that fails five times
/// within a minute is not looked at for the rest of it; the token of 256 bits cannot be guessed and is always looked at.
/// </summary>
public sealed class SignIn(ApiToken token, ApiSettings settings, AuditLog audit, TimeProvider time)
{
    private const string Basic = "Basic ";
    private const int FailuresMaximum = 5;
    private const int AddressesMaximum = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly FrozenDictionary<string, ApiUserSettings> _users = settings.Users.ToFrozenDictionary(user => user.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _proven = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, (DateTimeOffset Since, int Count)> _failures = [];
    private readonly Lock _deriving = new();

    /// <param name="authorization">The Authorization header.</param>
    /// <param name="isTls">Whether it came over TLS.</param>
    /// <param name="from">The caller's address.</param>
    public SignInResult Try(string? authorization, bool isTls, IPAddress from)
    {
        if (token.Matches(authorization))
        {
            return new SignInResult(ApiCaller.Box);
        }

        if (string.IsNullOrEmpty(authorization))
        {
            return new SignInResult(null, "sign in: Authorization: Bearer <token in <data>/api.token>, or Basic with name and password over TLS");
        }

        // One derivation at a time: a storm of wrong passwords may cost one core, not both.
        lock (_deriving)
        {
            if (IsGuessing(from))
            {
                return new SignInResult(null, "too many failures; wait a minute", IsGuessing: true);
            }

            var (name, password) = Credential(authorization);
            if (!isTls && name is not null)
            {
                return new SignInResult(null, "name and password are taken over TLS only");
            }

            if (name is not null && _users.TryGetValue(name, out var user) && IsProven(user, password))
            {
                return new SignInResult(new ApiCaller(user.Name, user.Role));
            }

            Failed(from, name);
            return new SignInResult(null, name is null ? "the token is wrong" : "unknown name or wrong password");
        }
    }

    // What a stranger typed as a name may be a password: only names we know are kept.
    private void Failed(IPAddress from, string? name)
    {
        var now = time.GetUtcNow();
        if (_failures.Count >= AddressesMaximum)
        {
            foreach (var old in _failures.Where(one => now - one.Value.Since >= Window).Select(one => one.Key).ToList())
            {
                _failures.Remove(old);
            }
        }

        if (_failures.Count >= AddressesMaximum && !_failures.ContainsKey(from))
        {
            return;
        }

        var (since, count) = _failures.TryGetValue(from, out var known) && now - known.Since < Window ? known : (now, 0);
        _failures[from] = (since, count + 1);
        var who = name is null ? "token" : _users.ContainsKey(name) ? name : "unknown name";
        audit.Write(who, "sign in", count + 1 == FailuresMaximum ? "refused; this address must wait now" : "refused", from.ToString());
    }

    private bool IsGuessing(IPAddress from) =>
        _failures.TryGetValue(from, out var known) ? known.Count >= FailuresMaximum && time.GetUtcNow() - known.Since < Window : IsCrowded();

    // So many addresses fail at once that no more can be counted: strangers wait until the minute is over.
    private bool IsCrowded() => _failures.Count >= AddressesMaximum && _failures.Values.All(one => time.GetUtcNow() - one.Since < Window);

    private bool IsProven(ApiUserSettings user, byte[] password)
    {
        var digest = SHA256.HashData(password);
        if (_proven.TryGetValue(user.Name, out var known) && CryptographicOperations.FixedTimeEquals(known, digest))
        {
            return true;
        }

        if (!PasswordHash.Matches(user.Password, password))
        {
            return false;
        }

        _proven[user.Name] = digest;
        return true;
    }

    private static (string? Name, byte[] Password) Credential(string authorization)
    {
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return (null, []);
        }

        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), bytes, out var length) || Array.IndexOf(bytes, (byte)':', 0, length) is not (>= 0 and var colon))
        {
            return ("", []);
        }

        return (Encoding.UTF8.GetString(bytes, 0, colon), bytes[(colon + 1)..length]);
    }
}
