namespace IoTHealth.Devices.Tests;

/// <summary>Files of cases that lie beside the tests.</summary>
internal static class Resource
{
    public static string Text(string nameEnd)
    {
        var here = typeof(Resource).Assembly;
        var name = here.GetManifestResourceNames().Single(n => n.EndsWith(nameEnd, StringComparison.Ordinal));
        using var reader = new StreamReader(here.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    public static IEnumerable<string> Lines(string nameEnd) =>
        Text(nameEnd).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
