using System.CommandLine;
using IoTHealth.Demo;

// Ctrl-C and SIGTERM cancel the run, which then ends every child in good order; two seconds would cut that short.
var settings = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1), EnableDefaultExceptionHandler = false };
try
{
    return await DemoCommand.Create((options, end) => new DemoRun(options, TimeProvider.System).RunAsync(end))
        .Parse(args)
        .InvokeAsync(settings);
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("demo: ended before it was done");
    return 130;
}
catch (Exception error) when (error is InvalidOperationException or IOException or TimeoutException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync("demo: " + error.Message);
    return error is IOException ? 2 : 1;
}
