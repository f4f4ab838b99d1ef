namespace IoTHealth.Links.Mqtt;

/// <summary>Publishes of one topic that came in one read, to be handed on together. Bounded in number and bytes.</summary>
internal sealed class PublishBatch(int maximum)
{
    private const int PayloadMaximum = 64 * 1024;

    private List<MqttMessage> _messages = [];
    private List<ushort> _identifiers = [];

    public int Count => _messages.Count;

    /// <summary>Bytes of payload.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>Bytes of the packets.</summary>
    public int PacketBytes { get; private set; }

    /// <summary>Whether a message may join; the first always may.</summary>
    /// <param name="room">Publishes that may be unfinished besides those that are.</param>
    public bool Fits(MqttMessage message, int room) => Count == 0 ||
        (Count < Math.Min(maximum, room) && PayloadBytes + message.Payload.Length <= PayloadMaximum && _messages[0].Topic == message.Topic);

    public void Add(MqttMessage message, ushort identifier, int packetBytes)
    {
        _messages.Add(message);
        PayloadBytes += message.Payload.Length;
        PacketBytes += packetBytes;
        if (message.QualityOfService == 1)
        {
            _identifiers.Add(identifier);
        }
    }

    /// <summary>Gives what is in it away and is empty.</summary>
    public (IReadOnlyList<MqttMessage> Messages, IReadOnlyList<ushort> Identifiers) Take()
    {
        var taken = (_messages, _identifiers);
        (_messages, _identifiers, PayloadBytes, PacketBytes) = ([], [], 0, 0);
        return taken;
    }
}
