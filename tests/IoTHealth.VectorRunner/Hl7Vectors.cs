using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.VectorRunner;

/// <summary>HL7 v2: MLLP blocks and IDCO reports.</summary>
internal static class Hl7Vectors
{
    public static VectorResult Mllp(VectorInput input)
    {
        var deframer = new MllpDeframer();
        var blocks = deframer.Push(input.Bytes.Span);
        var ids = new List<string>();
        foreach (var block in blocks)
        {
            if (!Hl7Message.TryRead(block, out var message, out var reason))
            {
                return VectorResult.Refuse(reason);
            }

            ids.Add(message.ControlId);
        }

        return blocks.Count == 0 && !deframer.IsIncomplete
            ? VectorResult.Refuse("there is no block in it")
            : VectorResult.Values(new JsonObject
            {
                ["messages"] = blocks.Count, ["control_ids"] = Named.List(ids), ["incomplete_tail"] = deframer.IsIncomplete,
            });
    }

    public static VectorResult Idco(VectorInput input)
    {
        var isRead = input.Text is { } text
            ? Hl7Message.TryRead(text, out var message, out var reason)
            : Hl7Message.TryRead(input.Bytes.Span, out message, out reason);
        return isRead && IdcoReport.TryRead(message, out var report, out reason) ? VectorResult.Values(Values(report)) : VectorResult.Refuse(reason);
    }

    private static JsonObject Values(IdcoReport report)
    {
        var values = new JsonObject();
        foreach (var observation in report.Observations)
        {
            var code = observation.Code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? observation.ReferenceId;
            values[observation.Instance.Length > 0 ? $"{code}/{observation.Instance}" : code] = Value(observation);
        }

        return new JsonObject
        {
            ["obx_count"] = report.Observations.Count + report.Documents.Count + report.Warnings.Count,
            ["pdf_count"] = report.Documents.Count,
            ["message_type"] = report.Message.Type,
            ["version"] = report.Message.Version,
            ["control_id"] = report.Message.ControlId,
            ["device"] = new JsonObject
            {
                ["type"] = report.Device.Type, ["model"] = report.Device.Model, ["serial"] = report.Device.Serial,
                ["manufacturer"] = report.Device.Manufacturer,
            },
            ["values"] = values,
        };
    }

    private static JsonObject Value(IdcoObservation observation)
    {
        var value = new JsonObject { ["unit"] = observation.Unit.Length > 0 ? observation.Unit : null, ["code"] = observation.Coding };
        value["value"] = observation.Number is { } number ? number : observation.Text.Length > 0 ? observation.Text : null;
        return value;
    }
}
