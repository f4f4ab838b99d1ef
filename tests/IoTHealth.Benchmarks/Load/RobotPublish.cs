using System.Buffers.Text;
using System.Text;

namespace IoTHealth.Benchmarks.Load;

/// <summary>A watch-over robot's PUBLISH of one heart rate, made once and then only filled in: packet id, sequence, time, value.</summary>
internal sealed class RobotPublish
{
    private const string Start = "{\"seq\":";
    private const string Middle = ",\"ts\":\"";
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int SequenceDigits = 10;
    private const int TimeLetters = 24;
    private const int LowestRate = 50;
    private const int Rates = 50;

    private readonly byte[] _packet;
    private readonly int _identifierAt;
    private readonly int _sequenceAt;
    private readonly int _timeAt;
    private readonly int _rateAt;

    public RobotPublish(string key, int payloadBytes)
    {
        var payload = $"{Start}{new string('1', SequenceDigits)}{Middle}{new string('0', TimeLetters)}\",\"hr\":50,\"note\":\"";
        payload += new string('x', Math.Max(0, payloadBytes - payload.Length - 2)) + "\"}";
        var body = MqttText.Of($"watchover/{key}/readings").Concat(new byte[2]).Concat(Encoding.UTF8.GetBytes(payload)).ToArray();
        _packet = MqttText.Packet(0x32, body);
        var payloadAt = _packet.Length - payload.Length;
        _identifierAt = payloadAt - 2;
        _sequenceAt = payloadAt + Start.Length;
        _timeAt = _sequenceAt + SequenceDigits + Middle.Length;
        _rateAt = _timeAt + TimeLetters + "\",\"hr\":".Length;
    }

    public int Length => _packet.Length;

    /// <summary>The time that the publishes written from now on carry.</summary>
    public void SetTime(DateTimeOffset now) => now.TryFormat(_packet.AsSpan(_timeAt, TimeLetters), out _, TimeForm, null);

    /// <summary>Writes one packet.</summary>
    /// <param name="id">Packet identifier.</param>
    /// <param name="sequence">Ten digits.</param>
    public void Write(Span<byte> destination, int id, long sequence)
    {
        (_packet[_identifierAt], _packet[_identifierAt + 1]) = ((byte)(id >> 8), (byte)id);
        Utf8Formatter.TryFormat(sequence, _packet.AsSpan(_sequenceAt, SequenceDigits), out _);
        Utf8Formatter.TryFormat(LowestRate + (int)(sequence % Rates), _packet.AsSpan(_rateAt, 2), out _);
        _packet.CopyTo(destination);
    }
}
