namespace IoTHealth.Links.DBus;

/// <summary>Path of an object on a bus, such as <c>/org/bluez/hci0</c>. D-Bus Specification, "Valid Object Paths".</summary>
public readonly record struct ObjectPath(string Value)
{
    public override string ToString() => Value;

    /// <summary>Whether a text is a path: <c>/</c>, or elements of ASCII letters, digits and underscores, each after a slash.</summary>
    public static bool IsValid(string text)
    {
        if (text is "/")
        {
            return true;
        }

        if (!text.StartsWith('/') || text.EndsWith('/') || text.Contains("//", StringComparison.Ordinal))
        {
            return false;
        }

        return text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '/');
    }
}
