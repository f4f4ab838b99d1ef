using IoTHealth.Devices;
using IoTHealth.Documents;

namespace IoTHealth.Edge.Configuration;

/// <summary>Reads a signed document as this box's configuration.</summary>
internal static class SignedConfiguration
{
    /// <param name="bytes">The signed form.</param>
    /// <param name="name">Stands for it in messages.</param>
    /// <param name="box">The box it is for: whom it trusts, and where its files lie.</param>
    /// <exception cref="DocumentException">No trusted operator signed it, or it cannot be read; the message says line and reason.</exception>
    /// <exception cref="IOException">The box's own settings of trust cannot be used.</exception>
    public static EdgeConfiguration Read(ReadOnlySpan<byte> bytes, string name, EdgeConfiguration box)
    {
        var trust = box.Configuration ?? throw new DocumentException($"{name}: this box trusts no operator (configuration.trust of its own file)");
        var signed = SignedDocument.Parse(bytes, name);
        new TrustedSigners(trust).Check(signed, name);
        var document = EdgeConfiguration.Parse(signed.Document, name, box.File ?? throw new InvalidOperationException("the box has no file"), isSigned: true);
        if (document.Version is null)
        {
            throw document.Mistake("", "a signed document needs a 'version'");
        }

        // Whom the box trusts no document can change, so it need not say it either.
        return document.Configuration is null ? document with { Configuration = box.Configuration } : document;
    }

    /// <summary>What is in force at start: the signed document where there is one, else the box's own file.</summary>
    public static (EdgeConfiguration Configuration, ConfigurationStatus Status) InForce(EdgeConfiguration box)
    {
        if (box is not { Configuration: not null, File: not null })
        {
            return (box, new ConfigurationStatus());
        }

        var troubles = new List<string>();
        foreach (var file in new ConfigurationStore(box.Data).Files)
        {
            try
            {
                SecretFile.CheckMode(file);
                var document = Read(File.ReadAllBytes(file), file, box).On(box);
                ConfigurationFiles.Checked(document, DriverCatalog.Load());
                return (document, new ConfigurationStatus { IsSigned = true, Trouble = Say(troubles, $"{file} is in force in its place") });
            }
            catch (Exception e) when (e is IOException or DocumentException or UnauthorizedAccessException)
            {
                troubles.Add(e.Message);
            }
        }

        return (box, new ConfigurationStatus { Trouble = Say(troubles, $"{box.File} is in force in its place") });
    }

    private static string? Say(List<string> troubles, string instead) =>
        troubles.Count == 0 ? null : $"the signed configuration cannot be used, and {instead}: {string.Join("; ", troubles)}";
}
