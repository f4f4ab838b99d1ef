using System.Security.Cryptography;

namespace IoTHealth.Cloud.Security;

/// <summary>Files that only their owner may read.</summary>
public static class SecretFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a secret.</summary>
    /// <exception cref="StartException">It is not there, or others than its owner may read it.</exception>
    public static string Read(string path)
    {
        Check(path);
        return File.ReadAllText(path).Trim();
    }

    /// <summary>Checks that a secret is there and closed to others.</summary>
    /// <exception cref="StartException">It is not there, or others than its owner may read it.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new StartException($"{path}: there is no such file");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(Owner | UnixFileMode.UserExecute)) != 0)
        {
            throw new StartException($"{path}: others than its owner may use it; give it mode 0600");
        }
    }

    /// <summary>Reads a secret, or makes one of 32 random bytes in hexadecimal.</summary>
    /// <exception cref="StartException">Others than its owner may read it.</exception>
    public static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        }

        return Read(path);
    }

    private static void Write(string path, string text)
    {
        using var stream = PrivateFile.Create(path, FileMode.CreateNew);
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }
}
