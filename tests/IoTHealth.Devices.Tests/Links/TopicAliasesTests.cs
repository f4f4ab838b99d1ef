using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

public sealed class TopicAliasesTests
{
    /// <summary>Publishes as alias:topic, and the topics they mean; '-' where none is meant.</summary>
    [Theory]
    [InlineData("0:a", "a")]
    [InlineData("0:", "-")]
    [InlineData("1:a 1:", "a a")]
    [InlineData("1:a 1:b 1:", "a b b")]
    [InlineData("1:a 2:", "a -")]
    [InlineData("16:a 16:", "a a")]
    [InlineData("17:a", "-")]
    [InlineData("65535:a", "-")]
    [InlineData("1:a 2:b 1: 2:", "a b a b")]
    public void Aliases_are_those_of_the_connection(string publishes, string topics)
    {
        var aliases = new TopicAliases();
        var resolved = publishes.Split(' ').Select(publish => publish.Split(':')).Select(parts =>
            aliases.TryResolve(ushort.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1], out var topic) ? topic : "-");
        Assert.Equal(topics, string.Join(' ', resolved));
    }
}
