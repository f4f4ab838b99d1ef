using System.Text.Json.Nodes;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Management.Api;

/// <summary><c>POST /replay</c>: sends a range to the cloud again, as the cloud itself may ask (docs/SEAMS.md, method <c>replay</c>).</summary>
internal static class ReplayDesk
{
    private const string Command = "replay";

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/replay", ReplayAsync);

    private static async Task<IResult> ReplayAsync(JsonObject request, IEnumerable<ICloudCommand> commands, CancellationToken cancellation)
    {
        if (commands.FirstOrDefault(command => command.Name == Command) is not { } replay)
        {
            return Results.Problem("no cloud is configured to which a range could be sent", statusCode: StatusCodes.Status409Conflict);
        }

        try
        {
            var answer = await replay.RunAsync(request, cancellation);
            return Results.Json(answer.Body, statusCode: answer.Status);
        }
        catch (ArgumentException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
