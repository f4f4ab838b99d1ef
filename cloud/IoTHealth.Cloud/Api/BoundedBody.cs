namespace IoTHealth.Cloud.Api;

/// <summary>Request bodies of a bounded length.</summary>
internal static class BoundedBody
{
    /// <summary>The body, or null when it is longer than the maximum.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maximumBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maximumBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var block = new byte[16 * 1024];
        for (int count; (count = await request.Body.ReadAsync(block, cancellation)) > 0;)
        {
            if (body.Length + count > maximumBytes)
            {
                return null;
            }

            body.Write(block, 0, count);
        }

        return body.ToArray();
    }
}
