using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Astm;

namespace IoTHealth.VectorRunner;

/// <summary>ASTM E1381 frames and E1394 records.</summary>
internal static class AstmVectors
{
    public static VectorResult Frame(VectorInput input) => AstmFrame.TryRead(input.Bytes.Span, out var frame, out var reason)
        ? VectorResult.Values(new JsonObject
        {
            ["frame_no"] = frame.Number, ["last"] = frame.IsLast, ["text"] = frame.Text, ["checksum"] = frame.Checksum,
        })
        : VectorResult.Refuse(reason);

    public static VectorResult Record(VectorInput input) => AstmRecord.TryRead(input.Text ?? "", out var record, out var reason)
        ? VectorResult.Values(Values(record))
        : VectorResult.Refuse(reason);

    private static JsonObject Values(AstmRecord record) => record switch
    {
        AstmRecord.Header header => new JsonObject
        {
            ["record"] = "H",
            ["product"] = header.Product,
            ["versions"] = Named.List(header.Versions),
            ["serial"] = header.Serial,
            ["sku"] = header.Sku,
            ["result_count"] = header.ResultCount,
            ["unit"] = header.Unit,
            ["low_limit"] = header.LowLimit,
            ["high_limit"] = header.HighLimit,
        }.AddIso("meter_time", header.MeterTime),
        AstmRecord.Result result => new JsonObject
        {
            ["record"] = "R",
            ["seq"] = result.Sequence,
            ["analyte"] = result.Analyte,
            ["value"] = result.Value,
            ["unit"] = result.Unit,
            ["method"] = result.Method,
            ["markers"] = Named.List(result.Markers),
            ["out_of_range"] = result.OutOfRange,
            ["control"] = result.IsControl,
        }.AddIso("time", result.Time),
        AstmRecord.Patient patient => new JsonObject { ["record"] = "P", ["seq"] = patient.Sequence },
        AstmRecord.Terminator end => new JsonObject { ["record"] = "L", ["termination"] = end.Code },
        AstmRecord.Other other => new JsonObject { ["record"] = other.Type },
        _ => throw new InvalidOperationException("unknown record"),
    };
}
