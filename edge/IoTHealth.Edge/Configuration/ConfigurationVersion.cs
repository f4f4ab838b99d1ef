using System.Globalization;

namespace IoTHealth.Edge.Configuration;

/// <summary>Version of a signed document, such as <c>2026-11-24.3</c>: numbers with dots or dashes between, compared one by one.</summary>
public sealed class ConfigurationVersion
{
    private readonly long[] _numbers;

    private ConfigurationVersion(long[] numbers) => _numbers = numbers;

    public static bool TryParse(string? text, out ConfigurationVersion version)
    {
        var numbers = (text ?? "").Split('.', '-').Select(part =>
            long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        version = new ConfigurationVersion(numbers);
        return numbers.All(number => number >= 0);
    }

    /// <summary>Whether this one follows another. A number that is not there is less than any that is: 1.0 follows 1.</summary>
    public bool IsNewerThan(ConfigurationVersion other)
    {
        for (var i = 0; i < Math.Max(_numbers.Length, other._numbers.Length); i++)
        {
            var (mine, its) = (i < _numbers.Length ? _numbers[i] : -1, i < other._numbers.Length ? other._numbers[i] : -1);
            if (mine != its)
            {
                return mine > its;
            }
        }

        return false;
    }
}
