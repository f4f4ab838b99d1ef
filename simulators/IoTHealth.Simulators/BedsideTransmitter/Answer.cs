using System.Text;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>What a gateway says to a message.</summary>
/// <param name="Code">MSA-1: AA, AE or AR.</param>
/// <param name="Reason">MSA-3.</param>
internal sealed record Answer(string Code, string Reason)
{
    public static readonly Answer Accepted = new("AA", "");

    public bool IsAccepted => Code == Accepted.Code;

    /// <summary>The answer in a message of acknowledgement, or null when it is none to this control id.</summary>
    public static Answer? Read(ReadOnlySpan<byte> message, string control)
    {
        var segments = Encoding.UTF8.GetString(message).Split('\r');
        if (!segments[0].StartsWith("MSH", StringComparison.Ordinal) || segments[0].Length < 4)
        {
            return null;
        }

        var fields = segments.Select(segment => segment.Split(segments[0][3])).FirstOrDefault(fields => fields[0] == "MSA");
        return fields is [_, var code, var answered, ..] && answered == Hl7Text.Escape(control) ? new Answer(code, fields.ElementAtOrDefault(3) ?? "") : null;
    }
}
