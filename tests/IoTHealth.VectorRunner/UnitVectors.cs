using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Measurements;

namespace IoTHealth.VectorRunner;

/// <summary><c>unit/convert</c>: {"value", "from", "to", "places"} → {"value"}, rounded half away from zero.</summary>
internal static class UnitVectors
{
    private sealed record Request(decimal Value, string From, string To, int? Places);

    public static VectorResult Convert(VectorInput input)
    {
        if (Read(input.Text) is not { From: not null, To: not null } request)
        {
            return VectorResult.Refuse("not a conversion: value, from and to are needed");
        }

        return UnitConversion.TryConvert(request.Value, request.From, request.To, out var converted)
            ? VectorResult.Values(new JsonObject { ["value"] = Round(converted, request.Places) })
            : VectorResult.Refuse($"no conversion from {request.From} to {request.To}");
    }

    private static decimal Round(decimal number, int? places) => places is >= 0 and <= 28
        ? decimal.Round(number, places.Value, MidpointRounding.AwayFromZero)
        : number;

    private static Request? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<Request>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
