using IoTHealth.Documents;

namespace IoTHealth.Devices.Tests.Documents;

/// <summary>Every mistake is told with file, line and column.</summary>
public sealed class DocumentMistakeTests
{
    [Theory]
    [InlineData("name: a\nbeds: []\ncolour: red", "3:1: unknown key 'colour'")]
    [InlineData("name: a\nbeds:\n  - key: a\n    colour: red", "4:5: unknown key 'colour'")]
    [InlineData("name: a\nbeds:\n  - { key: a, colour: red }", "3:15: unknown key 'colour'")]
    [InlineData("beds: []", "1:1: 'name' is missing")]
    [InlineData("name: a\nbeds:\n  - key: a\n  - floor: 1", "4:5: 'key' is missing")]
    [InlineData("name: 7\nbeds: []", "1:1: 'name' must be a text")]
    [InlineData("name:\nbeds: []", "1:1: 'name' must be a text")]
    [InlineData("name: ''\nbeds: []", "1:1: 'name' must be longer")]
    [InlineData("name: a\nbeds: {}", "2:1: 'beds' must be a list")]
    [InlineData("name: a\nbeds:\n  - a", "3:5: '0' must be a mapping")]
    [InlineData("name: a\nbeds:\n  - key: A1", "3:5: 'key' must match ^[a-z]+$")]
    [InlineData("name: a\nbeds:\n  - key: a\n    side: middle", "4:5: 'side' must be one of left, right-hand")]
    [InlineData("name: a\nbeds:\n  - key: a\n    height: 29.9", "4:5: 'height' must be at least 30")]
    [InlineData("name: a\nbeds:\n  - key: a\n    height: 1e2", "4:5: 'height' must be at most 90")]
    [InlineData("name: a\nbeds:\n  - key: a\n    height: high", "4:5: 'height' must be a number")]
    [InlineData("name: a\nbeds:\n  - key: a\n    floor: 1.5", "4:5: 'floor' must be a whole number")]
    [InlineData("name: a\nbeds:\n  - key: a\n    alarmed: yes", "4:5: 'alarmed' must be true or false")]
    [InlineData("- a", "1:1: the document must be a mapping")]
    [InlineData("hello", "1:1: the document must be a mapping")]
    public void Against_the_schema(string text, string expected) =>
        Assert.Equal($"ward.yaml:{expected}", Ward.Refusal(text).Split(Environment.NewLine)[0]);

    [Theory]
    [InlineData("name: a\nbeds: []\nname: b", "3:1", "uplicate key")]
    [InlineData("name: a\nbeds:\n  - key: a\n    key: b", "4:5", "uplicate key")]
    [InlineData("name: [a\nbeds: []", "1:", "not YAML")]
    [InlineData("name: {a\nbeds: []", "", "")]
    [InlineData("name: a\n\tbeds: []", "1:7", "")]
    [InlineData("name: 'a\nbeds: []", "1:", "")]
    [InlineData("name: a\nbeds: *nowhere", "2:", "nowhere")]
    [InlineData("name: a\nbeds: []\n---\nname: b", "4:1", "second document")]
    [InlineData("name: a\n[a]: b", "2:", "")]
    [InlineData("? [a]\n: b", "1:", "key must be a text")]
    [InlineData("", "1:1", "empty")]
    [InlineData("# only a comment", "1:1", "empty")]
    [InlineData("\0", "1:", "")]
    public void In_the_writing(string text, string position, string expected)
    {
        var message = Ward.Refusal(text);
        Assert.StartsWith($"ward.yaml:{position}", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: a\nbeds:\n  - key: a\n    from: later", "4:5")]
    [InlineData("name: a\nbeds:\n  - key: a\n    floor: 99999999999", "4:5")]
    [InlineData("name: a\nbeds:\n  - key: a\n    floor: 79228162514264337593543950335", "4:5")]
    public void In_the_binding(string text, string position) =>
        Assert.StartsWith($"ward.yaml:{position}: ", Ward.Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Assert.Equal(3, Ward.Refusal("colour: red\nname: 7\nbeds:\n  - key: A").Split(Environment.NewLine).Length);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var e = Assert.Throws<DocumentException>(() => Document.Load<Ward>("/nowhere/ward.yaml", Ward.Schema));
        Assert.StartsWith("/nowhere/ward.yaml: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_file() => Assert.Throws<DocumentException>(() => Document.Load<Ward>("/", Ward.Schema));

    [Fact]
    public void A_check_of_one_s_own_can_name_the_line()
    {
        var document = Document.ParseLocated<Ward>("name: a\nbeds:\n  - key: a\n  - key: b", "ward.yaml", Ward.Schema);
        Assert.Equal("ward.yaml:4:5: no", document.Mistake("/beds/1/key", "no").Message);
        Assert.Equal("ward.yaml:4:5: no", document.Mistake("/beds/1/side", "no").Message);
        Assert.Equal("ward.yaml:1:1: no", document.Mistake("/", "no").Message);
    }

    [Fact]
    public void A_schema_that_is_not_there_is_a_mistake_of_ours() =>
        Assert.Throws<InvalidOperationException>(() => DocumentSchema.FromResource(typeof(Ward).Assembly, "nowhere.schema.json"));
}
