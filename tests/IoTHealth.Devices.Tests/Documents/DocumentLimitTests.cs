using System.Diagnostics;
using CsCheck;
using IoTHealth.Documents;

namespace IoTHealth.Devices.Tests.Documents;

/// <summary>Hostile documents end in a message, soon, and never in a crash.</summary>
public sealed class DocumentLimitTests
{
    private static readonly Gen<string> Pieces = Gen.OneOf(
        "name: a\n", "beds:\n", "  - key: a\n", "[", "]", "{", "}", ", ", ": ", "- ", "&a ", "*a", "\n", "  ", "'", "\"", "|\n", "? ", "# ", "---\n",
        "...\n", "!!str ", "<<: ", "%YAML 1.2\n", "\t", "\\u", "1e", "~", "\uD800", "é", "\0").Array[0, 25].Select(string.Concat);

    [Theory]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void Deep_lists_are_refused(int depth) =>
        Assert.Contains("nested deeper than 32", Ward.Refusal("name: a\nbeds: " + new string('[', depth)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{a: ", 50_000)]
    [InlineData("- ", 50_000)]
    [InlineData("? ", 50_000)]
    public void Deep_documents_of_other_shapes_are_refused(string piece, int times) =>
        Assert.Contains("nested deeper", Ward.Refusal(string.Concat(Enumerable.Repeat(piece, times))), StringComparison.Ordinal);

    [Fact]
    public void As_deep_as_allowed_is_read() =>
        Assert.Equal("a", Ward.Read("name: a\nbeds: []\nnotes: " + new string('[', 31) + new string(']', 31)).Name);

    [Fact]
    public void A_billion_laughs_are_not_funny()
    {
        var begun = Stopwatch.GetTimestamp();
        var lines = Enumerable.Range(1, 9).Select(n => $"  a{n}: &a{n} [{string.Join(", ", Enumerable.Repeat($"*a{n - 1}", 10))}]");
        var message = Ward.Refusal($"name: a\nbeds: []\nnotes:\n  a0: &a0 lol\n{string.Join('\n', lines)}");
        Assert.Contains("aliases unfold", message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("name: a\nbeds: []\nnotes: &a [*a]")]
    [InlineData("name: a\nbeds: []\nnotes: &a [*a, *a]")]
    [InlineData("name: a\nbeds: []\nnotes: &a { b: *a }")]
    [InlineData("&a { name: *a }")]
    public void What_holds_itself_is_refused(string text) => Assert.StartsWith("ward.yaml:", Ward.Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void Long_documents_are_read()
    {
        var beds = string.Concat(Enumerable.Range(0, 5_000).Select(_ => "  - { key: a, height: 45.5 }\n"));
        Assert.Equal(5_000, Ward.Read("name: a\nbeds:\n" + beds).Beds.Count);
    }

    [Fact]
    public void Whatever_is_written_ends_in_a_document_or_a_message() => Pieces.Sample(text =>
    {
        try
        {
            Ward.Read(text);
        }
        catch (DocumentException e)
        {
            Assert.StartsWith("ward.yaml:", e.Message, StringComparison.Ordinal);
        }
    }, iter: 5_000);
}
