namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>The characters that divide a message, as its own MSH-1 and MSH-2 name them.</summary>
public readonly record struct Hl7Delimiters(char Field, char Component, char Repetition, char Escape, char Subcomponent)
{
    public static readonly Hl7Delimiters Usual = new('|', '^', '~', '\\', '&');

    public static bool TryRead(string message, out Hl7Delimiters delimiters, out string reason)
    {
        delimiters = Usual;
        if (!message.StartsWith("MSH", StringComparison.Ordinal) || message.Length < 9)
        {
            reason = "it does not begin with MSH";
            return false;
        }

        delimiters = new Hl7Delimiters(message[3], message[4], message[5], message[6], message[7]);
        char[] all = [delimiters.Field, delimiters.Component, delimiters.Repetition, delimiters.Escape, delimiters.Subcomponent];
        reason = all.Distinct().Count() == all.Length && !all.Any(c => char.IsAsciiLetterOrDigit(c) || char.IsControl(c))
            ? ""
            : "MSH-1 and MSH-2 do not name five different delimiters";
        return reason.Length == 0;
    }
}
