using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Gatt;

namespace IoTHealth.VectorRunner;

/// <summary>Bluetooth GATT characteristics.</summary>
internal static class GattVectors
{
    public static VectorResult BloodPressure(VectorInput input)
    {
        if (!BloodPressureMeasurement.TryRead(input.Bytes.Span, out var reading, out var reason))
        {
            return VectorResult.Refuse(reason);
        }

        var unit = reading.IsKilopascal ? "kPa" : "mmHg";
        var values = Common(reading)
            .Add($"systolic_{unit}", reading.Systolic)
            .Add($"diastolic_{unit}", reading.Diastolic)
            .Add($"map_{unit}", reading.Mean);
        return VectorResult.Values(values);
    }

    public static VectorResult CuffPressure(VectorInput input) =>
        BloodPressureMeasurement.TryRead(input.Bytes.Span, out var reading, out var reason)
            ? VectorResult.Values(Common(reading).Add(reading.IsKilopascal ? "cuff_pressure_kPa" : "cuff_pressure_mmHg", reading.Systolic))
            : VectorResult.Refuse(reason);

    public static VectorResult BloodPressureFeatures(VectorInput input) =>
        BloodPressureFeature.TryRead(input.Bytes.Span, out var feature, out var reason)
            ? VectorResult.Values(new JsonObject { ["raw"] = feature.Raw, ["features"] = Named.List(feature.Features) })
            : VectorResult.Refuse(reason);

    public static VectorResult Glucose(VectorInput input)
    {
        if (!GlucoseMeasurement.TryRead(input.Bytes.Span, out var reading, out var reason))
        {
            return VectorResult.Refuse(reason);
        }

        var values = new JsonObject
        {
            ["sequence"] = reading.Sequence,
            ["time_offset_min"] = reading.OffsetMinutes,
            ["type"] = reading.SampleType,
            ["sample_location"] = reading.SampleLocation,
            ["control_solution"] = reading.IsControlSolution,
            ["status_raw"] = reading.Status?.Raw,
            ["status"] = reading.Status is { } status ? Named.List(status.Conditions) : null,
            ["context_follows"] = reading.ContextFollows,
            [reading.IsMolar ? "glucose_mmol_L" : "glucose_mg_dL"] = reading.Value,
        };
        return VectorResult.Values(values
            .AddTime("base_time", reading.BaseTime)
            .AddIso("measured_at", reading.MeasuredAt)
            .Add(reading.IsMolar ? "concentration_mol_L" : "concentration_kg_L", reading.Concentration));
    }

    public static VectorResult GlucoseFeatures(VectorInput input) =>
        GlucoseFeature.TryRead(input.Bytes.Span, out var feature, out var reason)
            ? VectorResult.Values(new JsonObject { ["raw"] = feature.Raw, ["features"] = Named.List(feature.Features) })
            : VectorResult.Refuse(reason);

    public static VectorResult Context(VectorInput input)
    {
        if (!GlucoseContext.TryRead(input.Bytes.Span, out var context, out var reason))
        {
            return VectorResult.Refuse(reason);
        }

        var values = new JsonObject
        {
            ["sequence"] = context.Sequence,
            ["extended_flags"] = context.ExtendedFlags,
            ["carbohydrate_id"] = context.CarbohydrateId,
            ["meal"] = context.Meal,
            ["tester"] = context.Tester,
            ["health"] = context.Health,
            ["exercise_duration_s"] = context.ExerciseSeconds,
            ["exercise_intensity_pct"] = context.ExerciseIntensityPercent,
            ["medication_id"] = context.MedicationId,
        };
        return VectorResult.Values(values
            .Add("carbohydrate_kg", context.CarbohydrateKilograms)
            .Add(context.IsMedicationLitres ? "medication_L" : "medication_kg", context.Medication)
            .Add("hba1c_pct", context.HbA1cPercent));
    }

    public static VectorResult RecordAccessPoint(VectorInput input)
    {
        if (!RecordAccess.TryRead(input.Bytes.Span, out var message, out var reason))
        {
            return VectorResult.Refuse(reason);
        }

        return VectorResult.Values(message switch
        {
            RecordAccess.Count count => new JsonObject { ["op_code"] = 5, ["number_of_records"] = count.Number },
            RecordAccess.Response response => new JsonObject
            {
                ["op_code"] = 6, ["request_op_code"] = response.RequestOpCode, ["response"] = response.Name, ["response_code"] = response.Code,
            },
            RecordAccess.Request request => new JsonObject
            {
                ["op_code"] = request.OpCode, ["request"] = request.Name, ["operator"] = request.Operator,
                ["operand_hex"] = Convert.ToHexStringLower(request.Operand),
            },
            _ => throw new InvalidOperationException("unknown message"),
        });
    }

    public static VectorResult DateTime(VectorInput input)
    {
        if (input.Bytes.Length != GattDateTime.Length)
        {
            return VectorResult.Refuse($"{input.Bytes.Length} bytes, not {GattDateTime.Length}");
        }

        var time = GattDateTime.Read(input.Bytes.Span);
        return time.IsValid ? VectorResult.Values(new JsonObject().AddTime("timestamp", time)) : VectorResult.Refuse($"no such time: {time}");
    }

    private static JsonObject Common(BloodPressureMeasurement reading)
    {
        var values = new JsonObject
        {
            ["user_id"] = reading.UserId,
            ["status"] = reading.Status is { } status ? Named.List(status.Conditions) : null,
            ["pulse_range"] = reading.Status?.PulseRange,
        };
        return values.AddTime("timestamp", reading.Time).Add("pulse_bpm", reading.Pulse);
    }
}
