using IoTHealth.Cloud.Patients;
using IoTHealth.Documents;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Patients;

public sealed class ResidentsFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_residents_with_one_identifier_are_refused_and_the_identifier_is_not_told()
    {
        var reason = Refusal(ResidentsText.Of("permit").Replace("10002", "10001", StringComparison.Ordinal));

        Assert.Contains("residents.yaml:9:", reason, StringComparison.Ordinal);
        Assert.Contains("'r-001' and 'r-002'", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("10001", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_stands_there_twice_is_refused() =>
        Assert.Contains("twice", Refusal(ResidentsText.Of("permit").Replace("r-002", "r-001", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void An_assignment_of_an_unknown_resident_is_refused() => Refused("no resident 'r-009'", ResidentsText.Assignment("r-009"));

    [Fact]
    public void An_end_before_the_beginning_is_refused() =>
        Refused("earlier than", ResidentsText.Assignment(from: "2026-11-01T00:00:00+09:00", to: "2026-10-31T14:00:00Z"));

    [Fact]
    public void The_same_device_resident_and_beginning_twice_are_refused() => Refused(
        "twice",
        ResidentsText.Assignment(from: "2026-11-01T00:00:00+09:00"),
        ResidentsText.Assignment(from: "2026-10-31T15:00:00Z", to: "2026-11-02T00:00:00Z"));

    [Fact]
    public void All_mistakes_are_told_at_once() => Assert.Equal(
        2, Refusal(Text(ResidentsText.Assignment("r-008"), ResidentsText.Assignment("r-009"))).Split('\n').Length);

    [Fact]
    public void A_device_may_be_named_by_its_system_id()
    {
        var file = Load(Text("{ device: { systemId: \"01-23-45-67-89-ab-cd-ef\" }, resident: r-001, from: \"2026-11-01T00:00:00Z\", author: n }"));

        Assert.Equal(DeviceId.FromSystemId("0123456789ABCDEF"), file.Assignments[0].Device.Id);
    }

    [Theory]
    [InlineData("{ maker: IoTHealth, model: WatchOver-1 }")]
    [InlineData("{ systemId: \"0123\" }")]
    [InlineData("{ systemId: \"0123456789abcdef\", maker: a, model: b, serial: c }")]
    public void A_device_is_named_in_one_whole_way(string device) =>
        Refusal(Text($"{{ device: {device}, resident: r-001, from: \"2026-11-01T00:00:00Z\", author: n }}"));

    [Fact]
    public void A_file_cut_within_a_letter_is_refused() =>
        Assert.Throws<DocumentException>(() => ResidentsFile.Parse("residents: [] # \u5c71"u8[..^1], "residents.yaml"));

    private static string Text(params string[] assignments) => ResidentsText.Of("permit", string.Join(", ", assignments));

    private void Refused(string reason, params string[] assignments)
    {
        var said = Refusal(Text(assignments));
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.Contains("residents.yaml:12:", said, StringComparison.Ordinal);
    }

    private string Refusal(string text) => Assert.Throws<DocumentException>(() => Load(text)).Message;

    private ResidentsFile Load(string text)
    {
        File.WriteAllText(_folder.File("residents.yaml"), text);
        return ResidentsFile.Load(_folder.File("residents.yaml"));
    }
}
