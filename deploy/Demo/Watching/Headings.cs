namespace IoTHealth.Demo.Watching;

/// <summary>The language of headings.</summary>
public enum Language
{
    /// <summary>English and Japanese side by side.</summary>
    Both,
    Ja,
    En,
}

/// <summary>Headings in the chosen language.</summary>
internal sealed class Headings(Language language)
{
    public string Of(string en, string ja) => language switch
    {
        Language.En => en,
        Language.Ja => ja,
        _ => $"{ja} {en}",
    };
}
