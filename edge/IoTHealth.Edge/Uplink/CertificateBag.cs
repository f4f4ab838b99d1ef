using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Edge.Uplink;

/// <summary>Certificates as EST answers them: a PKCS#7 SignedData that holds certificates only (RFC 7030, section 4.2.3).</summary>
internal static class CertificateBag
{
    private const string SignedData = "1.2.840.113549.1.7.2";

    private static readonly Asn1Tag Certificates = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <exception cref="AsnContentException">It is no such thing.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">What is in it is no certificate.</exception>
    public static List<X509Certificate2> Read(ReadOnlyMemory<byte> bytes)
    {
        var content = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
        if (content.ReadObjectIdentifier() != SignedData)
        {
            throw new AsnContentException("it is no SignedData");
        }

        var signed = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        signed.ReadInteger();
        signed.ReadSetOf();
        signed.ReadSequence();
        var found = new List<X509Certificate2>();
        if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(Certificates))
        {
            return found;
        }

        for (var certificates = signed.ReadSetOf(skipSortOrderValidation: true, Certificates); certificates.HasData;)
        {
            found.Add(X509CertificateLoader.LoadCertificate(certificates.ReadEncodedValue().Span));
        }

        return found;
    }
}
