namespace IoTHealth.Demo;

/// <summary>Words of a command line that people paste into a shell.</summary>
internal static class Shell
{
    private const string Plain = "/._-+:@%";

    /// <summary>As it is when the shell reads it so, else in single quotes.</summary>
    public static string Quote(string word) =>
        word.All(letter => char.IsLetterOrDigit(letter) || Plain.Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
