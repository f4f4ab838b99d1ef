namespace IoTHealth.Demo.Watching;

/// <summary>The language of the live view.</summary>
public enum Language
{
    /// <summary>Japanese and English side by side.</summary>
    Both,
    Ja,
    En,
}

/// <summary>Words in the chosen language.</summary>
internal sealed class Headings(Language language)
{
    /// <summary>Side by side when both are asked for; once when they are the same.</summary>
    public string Of(string en, string ja) => Of(en, ja, " ");

    /// <summary>One above the other when both are asked for: narrow columns.</summary>
    public string Stacked(string en, string ja) => Of(en, ja, "\n");

    /// <summary>A program's own word, as <see cref="Words"/> has it; one that it does not have as it is.</summary>
    public string OfWord(string word) => Words.Find(word) is var (en, ja) ? Of(en, ja) : word;

    private string Of(string en, string ja, string between) => language switch
    {
        Language.En => en,
        Language.Ja => ja,
        _ => en == ja ? en : ja + between + en,
    };
}
