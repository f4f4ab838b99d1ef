using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Cloud.Api;

/// <summary>Lets in who shows the token; the comparison takes the same time for every wrong one.</summary>
internal sealed class BearerFilter(string token) : IEndpointFilter
{
    private readonly byte[] _expected = SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}"));

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers.Authorization.ToString()));
        return CryptographicOperations.FixedTimeEquals(given, _expected)
            ? next(context)
            : ValueTask.FromResult<object?>(Results.Unauthorized());
    }
}
