using System.Collections.Frozen;

namespace IoTHealth.VectorRunner;

/// <summary>Who reads what: one line for each protocol the product understands.</summary>
public static class Protocols
{
    private static readonly FrozenDictionary<string, Func<VectorInput, VectorResult>> Decoders =
        new Dictionary<string, Func<VectorInput, VectorResult>>(StringComparer.Ordinal)
        {
            ["astm/frame"] = AstmVectors.Frame,
            ["astm/record"] = AstmVectors.Record,
            ["fhir/float32"] = NumberVectors.FloatBigEndian,
            ["fhir/sfloat"] = NumberVectors.SfloatBigEndian,
            ["gatt/2A08"] = GattVectors.DateTime,
            ["gatt/2A18"] = GattVectors.Glucose,
            ["gatt/2A34"] = GattVectors.Context,
            ["gatt/2A35"] = GattVectors.BloodPressure,
            ["gatt/2A36"] = GattVectors.CuffPressure,
            ["gatt/2A49"] = GattVectors.BloodPressureFeatures,
            ["gatt/2A51"] = GattVectors.GlucoseFeatures,
            ["gatt/2A52"] = GattVectors.RecordAccessPoint,
            ["hl7/idco"] = Hl7Vectors.Idco,
            ["hl7/mllp"] = Hl7Vectors.Mllp,
            ["ieee11073/float-be"] = NumberVectors.FloatBigEndian,
            ["ieee11073/float-le"] = NumberVectors.FloatLittleEndian,
            ["ieee11073/sfloat-be"] = NumberVectors.SfloatBigEndian,
            ["ieee11073/sfloat-le"] = NumberVectors.SfloatLittleEndian,
            ["unit/convert"] = UnitVectors.Convert,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Never throws: a decoder that does is reported as one that threw.</summary>
    public static VectorResult Decode(VectorInput input)
    {
        try
        {
            return Decoders.TryGetValue(input.Protocol, out var decode) ? decode(input) : VectorResult.Unsupported;
        }
        catch (Exception error)
        {
            return new VectorResult.Threw($"{error.GetType().Name}: {error.Message}");
        }
    }
}
