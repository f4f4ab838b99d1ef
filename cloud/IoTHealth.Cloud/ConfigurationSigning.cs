using System.CommandLine;
using System.Security.Cryptography;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud;

/// <summary>The command <c>sign-configuration</c>: what an operator does where the operator's key is, away from the cloud.</summary>
internal static class ConfigurationSigning
{
    private const int CurveBits = 256;

    public static Command Command(Func<Func<Task>, Task<int>> guarded)
    {
        var key = new Option<string>("--key") { Description = "The operator's private key, PEM, elliptic P-256, mode 0600", Required = true };
        var document = new Option<string>("--in") { Description = "The gateway's configuration document, YAML or JSON", Required = true };
        var signed = new Option<string>("--out") { Description = "Where to write the signed document", Required = true };
        var command = new Command("sign-configuration", "Sign a gateway's configuration document") { key, document, signed };
        command.SetAction((parsed, cancellation) => guarded(async () =>
        {
            var made = Sign(parsed.GetValue(key)!, parsed.GetValue(document)!);
            await File.WriteAllBytesAsync(parsed.GetValue(signed)!, made.Body.ToArray(), cancellation);
            await Console.Out.WriteLineAsync($"version {made.Version} sha256 {made.Sha256}");
        }));
        return command;
    }

    private static SignedConfiguration Sign(string keyFile, string documentFile)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(SecretFile.Read(keyFile));
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new StartException($"{keyFile}: it is no private key in PEM: {e.Message}");
        }

        return key.KeySize != CurveBits ? throw new StartException($"{keyFile}: the key is not of the curve P-256")
            : !File.Exists(documentFile) ? throw new StartException($"{documentFile}: there is no such file")
            : SignedConfiguration.Sign(File.ReadAllBytes(documentFile), key);
    }
}
