using System.Buffers.Binary;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>A message of the Record Access Control Point (2A52), either way.</summary>
public abstract record RecordAccess
{
    private static readonly string[] Results =
    [
        "reserved", "success", "op_code_not_supported", "invalid_operator", "operator_not_supported", "invalid_operand", "no_records_found",
        "abort_unsuccessful", "procedure_not_completed", "operand_not_supported",
    ];

    private static readonly string?[] Requests =
        [null, "report_stored_records", "delete_stored_records", "abort_operation", "report_number_of_stored_records"];

    private const byte NumberResponse = 5;
    private const byte GeneralResponse = 6;
    private const byte LastOperator = 6;

    private RecordAccess()
    {
    }

    /// <summary>What a client asks. Operators: 0 null, 1 all, 2 ≤, 3 ≥, 4 range, 5 first, 6 last.</summary>
    public sealed record Request(byte OpCode, string Name, byte Operator, byte[] Operand) : RecordAccess;

    /// <summary>How many records there are.</summary>
    public sealed record Count(uint Number) : RecordAccess;

    /// <summary>How a request ended.</summary>
    public sealed record Response(byte RequestOpCode, byte Code, string Name) : RecordAccess
    {
        public bool IsSuccess => Code == 1;

        public bool IsNothingFound => Code == 6;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordAccess message, out string reason)
    {
        message = null!;
        if (bytes.Length < 2)
        {
            reason = "shorter than op code and operator";
            return false;
        }

        var operand = bytes[2..];
        reason = bytes[0] switch
        {
            NumberResponse => TryCount(bytes[1], operand, out message),
            GeneralResponse => TryResponse(bytes[1], operand, out message),
            >= 1 and <= 4 => TryRequest(bytes[0], bytes[1], operand, out message),
            _ => $"op code {bytes[0]} is reserved",
        };
        return reason.Length == 0;
    }

    /// <summary>Report all stored records.</summary>
    public static byte[] ReportAll() => [1, 1];

    /// <summary>Report the records from a sequence number on.</summary>
    public static byte[] ReportFrom(ushort sequence) => [1, 3, 1, (byte)sequence, (byte)(sequence >> 8)];

    /// <summary>Report the first record, which is the oldest.</summary>
    public static byte[] ReportFirst() => [1, 5];

    /// <summary>Report the number of stored records.</summary>
    public static byte[] CountAll() => [4, 1];

    /// <summary>Abort what is going on.</summary>
    public static byte[] Abort() => [3, 0];

    private static string TryCount(byte op, ReadOnlySpan<byte> operand, out RecordAccess message)
    {
        message = null!;
        if (op != 0)
        {
            return $"operator {op} in a response";
        }

        uint? number = operand.Length switch
        {
            1 => operand[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(operand),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(operand),
            _ => null,
        };
        if (number is not { } count)
        {
            return $"a number of {operand.Length} bytes";
        }

        message = new Count(count);
        return "";
    }

    private static string TryResponse(byte op, ReadOnlySpan<byte> operand, out RecordAccess message)
    {
        message = null!;
        if (op != 0 || operand.Length != 2)
        {
            return op != 0 ? $"operator {op} in a response" : $"a response of {operand.Length} bytes";
        }

        message = new Response(operand[0], operand[1], operand[1] < Results.Length ? Results[operand[1]] : "reserved");
        return "";
    }

    private static string TryRequest(byte opCode, byte op, ReadOnlySpan<byte> operand, out RecordAccess message)
    {
        message = new Request(opCode, Requests[opCode]!, op, operand.ToArray());
        return op <= LastOperator ? "" : $"operator {op} is reserved";
    }
}
