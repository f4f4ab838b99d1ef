using System.Text;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>The test's output as what trials write to.</summary>
internal sealed class TestWriter(ITestOutputHelper output) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => output.WriteLine(value ?? "");

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }
}
