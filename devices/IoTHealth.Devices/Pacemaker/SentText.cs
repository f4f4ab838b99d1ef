namespace IoTHealth.Devices.Pacemaker;

/// <summary>A text of the sender that is kept beside a value or as a title: short, and without control characters.</summary>
internal static class SentText
{
    public static string Of(string sent)
    {
        var text = string.Concat(sent.Take(IdcoValue.LengthMaximum).Where(letter => !char.IsControl(letter))).Trim();
        return text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
    }
}
