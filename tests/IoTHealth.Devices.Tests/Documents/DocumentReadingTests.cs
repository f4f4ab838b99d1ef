using System.Text.Json;

namespace IoTHealth.Devices.Tests.Documents;

public sealed class DocumentReadingTests
{
    [Fact]
    public void Yaml_binds()
    {
        var bed = Ward.Read("name: 西病棟\nbeds:\n  - { key: a, side: right-hand, height: 45.50, floor: 2, alarmed: true, from: \"21:00\" }").Beds.Single();
        Assert.Equal(new Bed { Key = "a", Side = Side.RightHand, Height = 45.5m, Floor = 2, Alarmed = true, From = new TimeOnly(21, 0) }, bed);
    }

    [Theory]
    [InlineData("{\"name\":\"a\",\"beds\":[{\"key\":\"a\",\"height\":45.5}]}")]
    [InlineData("{\n\t\"name\": \"a\",\n\t\"beds\": [\n\t\t{\n\t\t\t\"key\": \"a\",\n\t\t\t\"height\": 45.5\n\t\t}\n\t]\n}\n")]
    [InlineData("{\r\n  \"name\" : \"a\",\r\n  \"beds\" : [ { \"key\" : \"a\", \"height\" : 4.55e1 } ]\r\n}")]
    [InlineData("\uFEFF{\"name\":\"a\",\"beds\":[{\"key\":\"a\",\"height\":45.5}]}")]
    public void Json_binds(string text) => Assert.Equal(45.5m, Ward.Read(text).Beds.Single().Height);

    [Theory]
    [InlineData("{\"name\":\"\\u00e9\\/\\ud83d\\ude00\",\"beds\":[]}", "é/😀")]
    [InlineData("{\"name\":\"https://a/b#c\",\"beds\":[]}", "https://a/b#c")]
    public void Json_escapes_are_read(string text, string name) => Assert.Equal(name, Ward.Read(text).Name);

    [Fact]
    public void Json_mistakes_have_lines() =>
        Assert.Equal("ward.yaml:3:3: unknown key 'colour'", Ward.Refusal("{\n  \"name\": \"a\", \"beds\": [],\n  \"colour\": 1\n}"));

    /// <summary>The core schema of YAML 1.2, as JSON.</summary>
    [Theory]
    [InlineData("1", "1")]
    [InlineData("+1", "1")]
    [InlineData("-0.50", "-0.50")]
    [InlineData("007", "7")]
    [InlineData("1e2", "100")]
    [InlineData(".5", "0.5")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("1,000", "\"1,000\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("2026-11-24", "\"2026-11-24\"")]
    [InlineData("true", "true")]
    [InlineData("True", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("", "null")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("!!str 10001", "\"10001\"")]
    [InlineData("|\n  a\n  b", "\"a\\nb\"")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("-", "[null]")]
    [InlineData("[1, [a], {b: c}]", "[1,[\"a\"],{\"b\":\"c\"}]")]
    public void Scalars_are_what_they_look_like(string yaml, string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(Ward.Read($"name: a\nbeds: []\nnotes: {(yaml == "-" ? "\n  -" : yaml)}").Notes));

    [Fact]
    public void Anchors_may_be_used()
    {
        var ward = Ward.Read("name: a\nbeds:\n  - &first { key: a, tree: { b: c } }\n  - *first");
        Assert.Equal("c", ward.Beds[1].Tree.GetProperty("b").GetString());
    }
}
