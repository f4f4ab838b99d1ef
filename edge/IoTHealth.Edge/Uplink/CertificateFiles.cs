using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Uplink;

/// <summary>A client certificate and its key in two files, which may be replaced at any time.</summary>
internal sealed class CertificateFiles(string certificate, string key)
{
    private const string New = ".new";

    /// <summary>Changes whenever one of the files is replaced.</summary>
    public (DateTime Certificate, DateTime Key) Stamp => (File.GetLastWriteTimeUtc(certificate), File.GetLastWriteTimeUtc(key));

    /// <exception cref="IOException">They cannot be used together; the message names them.</exception>
    public X509Certificate2 Load()
    {
        SecretFile.CheckMode(key);
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            return LoadHalfReplaced() ?? throw new IOException($"uplink: {certificate} and {key} cannot be used together: {e.Message}", e);
        }
    }

    /// <summary>Replaces both. A crash in between leaves what <see cref="Load"/> completes.</summary>
    public void Replace(string certificatePem, string keyPem)
    {
        File.WriteAllText(certificate + New, certificatePem);
        using (var written = File.OpenHandle(certificate + New, access: FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(written);
        }

        File.Delete(key + New + New);
        File.Delete(key + New);
        SecretFile.Create(key + New, System.Text.Encoding.ASCII.GetBytes(keyPem));
        File.Move(key + New, key, overwrite: true);
        File.Move(certificate + New, certificate, overwrite: true);
    }

    // The key was replaced, and the certificate that goes with it is beside the old one still.
    private X509Certificate2? LoadHalfReplaced()
    {
        try
        {
            var loaded = X509Certificate2.CreateFromPemFile(certificate + New, key);
            File.Move(certificate + New, certificate, overwrite: true);
            return loaded;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            return null;
        }
    }
}
