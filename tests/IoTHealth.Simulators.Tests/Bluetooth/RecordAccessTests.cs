using IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>The Record Access Control Point, request by request: Glucose Service 1.0, section 3.4.</summary>
public sealed class RecordAccessTests
{
    private static readonly int[] Stored = [1, 2, 3, 300, 301];

    [Theory]
    [InlineData("0101", "1 2 3 300 301", "06000101")]
    [InlineData("0105", "1", "06000101")]
    [InlineData("0106", "301", "06000101")]
    [InlineData("0103012C01", "300 301", "06000101")]
    [InlineData("0102010200", "1 2", "06000101")]
    [InlineData("01040102002C01", "2 3 300", "06000101")]
    [InlineData("0103012E01", "", "06000106")]
    [InlineData("0401", "", "05000500")]
    [InlineData("0403010300", "", "05000300")]
    [InlineData("0403012E01", "", "05000000")]
    [InlineData("0406", "", "05000100")]
    public void Records_are_found_and_counted(string request, string reported, string answer)
    {
        var found = Ask(request, Stored);
        Assert.Equal(reported, string.Join(' ', found.Report));
        Assert.Equal(answer, Convert.ToHexString(found.Answer));
    }

    [Theory]
    [InlineData("", "06000003")]
    [InlineData("01", "06000103")]
    [InlineData("0100", "06000103")]
    [InlineData("0107", "06000104")]
    [InlineData("010101", "06000105")]
    [InlineData("0103", "06000105")]
    [InlineData("01030100", "06000105")]
    [InlineData("010301000000", "06000105")]
    [InlineData("010401030002", "06000105")]
    [InlineData("01040103000200", "06000105")]
    [InlineData("0103020300", "06000109")]
    [InlineData("0201", "06000202")]
    [InlineData("0501", "06000502")]
    [InlineData("FF00", "0600FF02")]
    [InlineData("0300", "06000307")]
    [InlineData("0301", "06000303")]
    public void What_cannot_be_done_is_refused_with_its_reason(string request, string answer)
    {
        var refused = Ask(request, Stored);
        Assert.Empty(refused.Report);
        Assert.Equal(answer, Convert.ToHexString(refused.Answer));
    }

    [Theory]
    [InlineData("0101", "06000106")]
    [InlineData("0106", "06000106")]
    [InlineData("0401", "05000000")]
    public void An_empty_memory_says_so(string request, string answer) => Assert.Equal(answer, Convert.ToHexString(Ask(request, []).Answer));

    [Theory]
    [InlineData("0300", true)]
    [InlineData("0301", false)]
    [InlineData("03", false)]
    [InlineData("0101", false)]
    public void An_abort_is_known(string request, bool isAbort) => Assert.Equal(isAbort, RecordAccess.IsAbort(Convert.FromHexString(request)));

    private static RecordAnswer Ask(string request, int[] stored) => RecordAccess.Of(Convert.FromHexString(request), stored);
}
