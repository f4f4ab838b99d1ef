using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Cloud.Security;

/// <summary>Files that only their owner may read.</summary>
public static class SecretFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a secret.</summary>
    /// <exception cref="StartException">It is not there, is empty, or others than its owner may read it.</exception>
    public static string Read(string path)
    {
        Check(path);
        var text = File.ReadAllText(path).Trim();
        return text.Length > 0 ? text : throw new StartException($"{path}: the file is empty");
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
    /// <exception cref="StartException">It is empty, or others than its owner may read it.</exception>
    public static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        }

        return Read(path);
    }

    /// <summary>Writes it whole or not at all: what a crash left behind is written anew.</summary>
    private static void Create(string path, string text)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var stream = PrivateFile.Create(temporary, FileMode.CreateNew))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
    }
}
