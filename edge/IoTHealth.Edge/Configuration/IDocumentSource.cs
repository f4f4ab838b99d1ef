namespace IoTHealth.Edge.Configuration;

/// <summary>Where the signed documents lie.</summary>
public interface IDocumentSource
{
    /// <summary>Fetches a document, at most <see cref="SignedDocument.BytesMaximum"/>.</summary>
    /// <exception cref="IOException">It could not be had; it may be had later.</exception>
    /// <exception cref="Documents.DocumentException">It will never be had like this.</exception>
    Task<byte[]> FetchAsync(string url, CancellationToken cancellation);
}
