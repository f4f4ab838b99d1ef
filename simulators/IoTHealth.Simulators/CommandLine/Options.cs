using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>Options as all commands write them: described, checked, with the default in the help.</summary>
internal static class Options
{
    public static Option<string> Text(string name, string description) => new(name) { Description = description, Required = true };

    public static Option<FileInfo> File(string name, string description) => new(name) { Description = description, Required = true };

    public static Option<DirectoryInfo> Folder(string name, string description) => new(name) { Description = description, Required = true };

    public static Option<int> Port(string description) => new Option<int>("--port") { Description = description, Required = true }.Within(1, 65535);

    public static Option<int> Whole(string name, string description, int standard, int minimum, int maximum) =>
        new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard }.Within(minimum, maximum);

    public static Option<double> Number(string name, string description, double standard, double minimum, double maximum) =>
        new Option<double>(name) { Description = description, DefaultValueFactory = _ => standard }.Within(minimum, maximum);

    public static Option<Duration> Span(string name, string description, TimeSpan standard) =>
        new(name)
        {
            Description = description,
            HelpName = "duration",
            DefaultValueFactory = _ => new Duration(standard),
            CustomParser = result => new Duration(ReadSpan(result)),
        };

    public static Option<TimeSpan?> OptionalSpan(string name, string description) =>
        new(name) { Description = description, HelpName = "duration", CustomParser = result => ReadSpan(result) };

    /// <summary>One of two words, the first of them where none is given.</summary>
    public static Option<string> Choice(string name, string description, string standard, string other)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong(standard, other);
        return option;
    }

    /// <summary>A local time such as 2026-11-23T12:00.</summary>
    public static Option<DateTime?> LocalTime(string name, string description) =>
        new(name) { Description = description, HelpName = "time", CustomParser = ReadTime };

    /// <summary>Refuses values outside the bounds, saying them.</summary>
    public static Option<T> Within<T>(this Option<T> option, T minimum, T maximum)
        where T : IComparable<T>, IParsable<T>
    {
        option.Validators.Add(result =>
        {
            // What is no number at all is the parser's to refuse.
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value)
                && (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: {value} is not between {minimum} and {maximum}."));
            }
        });
        return option;
    }

    private static DateTime? ReadTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            result.AddError($"'{text}' is not a local time such as 2026-11-23T12:00.");
        }

        return time;
    }

    private static TimeSpan ReadSpan(ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (!Durations.TryParse(text, out var span) || span < TimeSpan.Zero)
        {
            result.AddError($"'{text}' is not a duration such as 500ms, 30s, 5m or 8h.");
        }

        return span;
    }
}
