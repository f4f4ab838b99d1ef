using System.Buffers.Binary;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What a meter does about a request: report these records and then answer, or only answer.</summary>
/// <param name="Report">Sequence numbers, in the order of reporting; empty where there is nothing to report.</param>
/// <param name="Answer">The indication that ends the procedure.</param>
internal sealed record RecordAnswer(IReadOnlyList<int> Report, byte[] Answer);

/// <summary>The Record Access Control Point (2A52) of the Glucose Service 1.0, section 3.4: which records a request means, and the answer.</summary>
internal static class RecordAccess
{
    public const byte Abort = 3;

    private const byte ReportRecords = 1;
    private const byte ReportNumber = 4;
    private const byte NumberResponse = 5;
    private const byte Response = 6;

    private const byte All = 1;
    private const byte AtMost = 2;
    private const byte AtLeast = 3;
    private const byte Within = 4;
    private const byte First = 5;
    private const byte Last = 6;

    private const byte BySequence = 1;

    private const byte Success = 1;
    private const byte OperationNotSupported = 2;
    private const byte InvalidOperator = 3;
    private const byte OperatorNotSupported = 4;
    private const byte InvalidOperand = 5;
    private const byte NoRecordsFound = 6;
    private const byte AbortFailed = 7;
    private const byte OperandNotSupported = 9;

    /// <summary>The answer to an abort that ended a procedure.</summary>
    public static byte[] Aborted => Result(Abort, Success);

    /// <summary>Whether the value asks to end the procedure that is under way.</summary>
    public static bool IsAbort(ReadOnlySpan<byte> request) => request is [Abort, 0];

    /// <param name="stored">Sequence numbers in the memory, ascending.</param>
    public static RecordAnswer Of(ReadOnlySpan<byte> request, IReadOnlyList<int> stored)
    {
        if (request.Length < 2)
        {
            return Refuse(request.IsEmpty ? (byte)0 : request[0], InvalidOperator);
        }

        var (operation, which) = (request[0], request[1]);
        return operation switch
        {
            ReportRecords or ReportNumber => Select(operation, which, request[2..], stored),

            // An abort that ends something never comes here.
            Abort => Refuse(Abort, which == 0 ? AbortFailed : InvalidOperator),
            _ => Refuse(operation, OperationNotSupported),
        };
    }

    private static RecordAnswer Select(byte operation, byte which, ReadOnlySpan<byte> operand, IReadOnlyList<int> stored)
    {
        if (Refusal(which, operand) is { } refusal)
        {
            return Refuse(operation, refusal);
        }

        var (low, high) = Bounds(which, operand);
        IEnumerable<int> between = stored.Where(sequence => sequence >= low && sequence <= high);
        int[] found = [.. which switch { First => between.Take(1), Last => between.TakeLast(1), _ => between }];
        return operation == ReportNumber
            ? new RecordAnswer([], new ValueWriter().Byte(NumberResponse).Byte(0).Word(found.Length).ToArray())
            : new RecordAnswer(found, Result(operation, found.Length == 0 ? NoRecordsFound : Success));
    }

    // In the order of the bytes: operator, filter type, length, sense.
    private static byte? Refusal(byte which, ReadOnlySpan<byte> operand) => which switch
    {
        0 => InvalidOperator,
        > Last => OperatorNotSupported,
        All or First or Last => operand.IsEmpty ? null : InvalidOperand,
        _ when operand.IsEmpty => InvalidOperand,
        _ when operand[0] != BySequence => OperandNotSupported,
        Within => operand.Length == 5 && Word(operand[1..]) <= Word(operand[3..]) ? null : InvalidOperand,
        _ => operand.Length == 3 ? null : InvalidOperand,
    };

    private static (int Low, int High) Bounds(byte which, ReadOnlySpan<byte> operand) => which switch
    {
        AtMost => (0, Word(operand[1..])),
        AtLeast => (Word(operand[1..]), ushort.MaxValue),
        Within => (Word(operand[1..]), Word(operand[3..])),
        _ => (0, ushort.MaxValue),
    };

    private static int Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static RecordAnswer Refuse(byte operation, byte reason) => new([], Result(operation, reason));

    private static byte[] Result(byte operation, byte result) => [Response, 0, operation, result];
}
