using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace IoTHealth.Cloud.Tests;

public sealed class ConsoleLogTests
{
    [Fact]
    public void A_log_line_is_dropped_rather_than_waited_for_and_goes_to_standard_error()
    {
        using var services = new ServiceCollection().AddLogging(ConsoleLog.Configure).BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value;

        Assert.Equal((ConsoleLoggerQueueFullMode.DropWrite, LogLevel.Trace), (options.QueueFullMode, options.LogToStandardErrorThreshold));
    }
}
