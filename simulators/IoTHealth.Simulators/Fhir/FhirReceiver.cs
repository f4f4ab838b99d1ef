using Hl7.Fhir.Model;
using IoTHealth.Simulators.Serving;
using Task = System.Threading.Tasks.Task;

namespace IoTHealth.Simulators.Fhir;

/// <summary>A FHIR R4 server as a national platform would run it: strict, atomic, and sometimes slow or failing on purpose.</summary>
internal sealed class FhirReceiver(ResourceStore store, InjectedFaults faults, TimeSpan latency, TimeProvider clock, ILogger<FhirReceiver> log)
{
    private readonly FhirRequests _requests = new(store, clock);

    public async Task HandleAsync(HttpContext context)
    {
        await Task.Delay(latency, clock, context.RequestAborted);
        var fault = context.Request.Method == "GET" ? InjectedFault.None : faults.Draw();
        try
        {
            Fail(fault is InjectedFault.Unavailable, 503, "Injected: unavailable.");
            Fail(fault is InjectedFault.Conflict, 409, "Injected: another sender was at it.");
            var answer = await _requests.DoAsync(context.Request, context.RequestAborted);
            Fail(fault is InjectedFault.AnswerLost, 503, "Injected: done, but the answer was lost.");
            await answer(context.Response);
        }
        catch (FhirRefusal refusal)
        {
            log.Refused(context.Request.Method, context.Request.Path, refusal.Status, refusal.Message);
            await FhirAnswers.WriteAsync(context.Response, refusal.Status, refusal.Outcome);
        }
    }

    private static void Fail(bool happens, int status, string what)
    {
        if (happens)
        {
            throw FhirRefusal.Of(status, OperationOutcome.IssueType.Transient, what);
        }
    }
}

internal static partial class FhirLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Method} {Path} with {Status}: {Reason}")]
    public static partial void Refused(this ILogger log, string method, string path, int status, string reason);
}
