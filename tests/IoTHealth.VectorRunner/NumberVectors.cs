using System.Buffers.Binary;
using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.VectorRunner;

/// <summary>Numbers of IEEE 11073: <c>ieee11073/*float-*</c> by value and text, <c>fhir/*float*</c> as FHIR has them.</summary>
internal static class NumberVectors
{
    public static VectorResult SfloatLittleEndian(VectorInput input) =>
        Read(input, 2, bytes => MedicalNumber.FromSfloatLittleEndian(bytes.Span));

    public static VectorResult SfloatBigEndian(VectorInput input) =>
        Read(input, 2, bytes => MedicalNumber.FromSfloat(BinaryPrimitives.ReadUInt16BigEndian(bytes.Span)));

    public static VectorResult FloatLittleEndian(VectorInput input) =>
        Read(input, 4, bytes => MedicalNumber.FromFloatLittleEndian(bytes.Span));

    public static VectorResult FloatBigEndian(VectorInput input) =>
        Read(input, 4, bytes => MedicalNumber.FromFloat(BinaryPrimitives.ReadUInt32BigEndian(bytes.Span)));

    private static VectorResult Read(VectorInput input, int length, Func<ReadOnlyMemory<byte>, MedicalNumber> read)
    {
        if (input.Bytes.Length != length)
        {
            return VectorResult.Refuse($"{input.Bytes.Length} bytes, not {length}");
        }

        var number = read(input.Bytes);
        return VectorResult.Values(new JsonObject
        {
            ["value"] = number.Value,
            ["text"] = number.Value is null ? null : number.ToString(),
            ["value_text"] = number.Value is null ? null : number.ToString(),
            ["special"] = number.Special,
            ["value_special"] = number.Special,
            ["data_absent_reason"] = number.AbsentReason,
        });
    }
}
