using System.CommandLine;
using IoTHealth.Demo;

const int BadUsage = 2;
const int Interrupted = 130;

// Ctrl-C and SIGTERM cancel the run, which then ends every child in good order; the default of two seconds would cut that short.
var settings = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2), EnableDefaultExceptionHandler = false };
var parsed = DemoCommand.Create((options, end) => new DemoRun(options, TimeProvider.System).RunAsync(end)).Parse(args);
if (parsed.Errors.Count > 0)
{
    return Refuse(string.Join(Environment.NewLine, parsed.Errors.Select(error => error.Message)) + " (see --help)", BadUsage);
}

try
{
    return await parsed.InvokeAsync(settings);
}
catch (OperationCanceledException)
{
    return Refuse("ended before it was done", Interrupted);
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
{
    return Refuse(error.Message, BadUsage);
}
catch (Exception error) when (error is InvalidOperationException or TimeoutException or HttpRequestException)
{
    return Refuse(error.Message, 1);
}

static int Refuse(string reason, int exitCode)
{
    Console.Error.WriteLine("demo: " + reason);
    return exitCode;
}
