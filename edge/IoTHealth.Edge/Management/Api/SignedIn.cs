using System.Net;

namespace IoTHealth.Edge.Management.Api;

/// <summary>
/// Lets signed-in callers through and writes down what they change. Looking is for everybody who is signed in, unless it says
/// <see cref="ForAdmins"/>; changing is for admins, unless it says <see cref="ForStaff"/>.
/// </summary>
public static class SignedIn
{
    private sealed record NeededRole(ApiRole Role);

    public static TBuilder ForStaff<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededRole(ApiRole.Staff));

    public static TBuilder ForAdmins<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededRole(ApiRole.Admin));

    /// <summary>Who calls; known inside the endpoints that this guards.</summary>
    public static ApiCaller Caller(this HttpContext context) => (ApiCaller)context.Items[typeof(ApiCaller)]!;

    public static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var from = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var result = context.RequestServices.GetRequiredService<SignIn>().Try(context.Request.Headers.Authorization, context.Request.IsHttps, from);
        if (result.Caller is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = context.Request.IsHttps ? "Basic realm=\"IoTHealth\", charset=\"UTF-8\"" : "Bearer";
            return Results.Problem(result.Refusal, statusCode: result.IsGuessing ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized);
        }

        context.Items[typeof(ApiCaller)] = caller;
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        var needed = context.GetEndpoint()?.Metadata.GetMetadata<NeededRole>()?.Role ?? (changes ? ApiRole.Admin : ApiRole.Staff);
        var answer = caller.Role < needed ? Results.Problem("this needs the role admin", statusCode: StatusCodes.Status403Forbidden) : null;
        if (!changes)
        {
            return answer ?? await next(invocation);
        }

        return await AuditedAsync(context, caller, async () => answer ?? await next(invocation));
    }

    private static async ValueTask<object?> AuditedAsync(HttpContext context, ApiCaller caller, Func<ValueTask<object?>> act)
    {
        var audit = context.RequestServices.GetRequiredService<AuditLog>();
        var outcome = "failed";
        try
        {
            var answer = await act();
            var status = answer is IStatusCodeHttpResult { StatusCode: { } code } ? code : StatusCodes.Status200OK;
            outcome = status < 400 ? $"done ({status})" : $"refused ({status})";
            return answer;
        }
        finally
        {
            audit.Write(caller.Name, $"{context.Request.Method} {context.Request.Path}", outcome, context.Connection.RemoteIpAddress?.ToString());
        }
    }
}
