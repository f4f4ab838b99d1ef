using System.Buffers;
using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.Serving;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Webhook;

/// <summary>A nurse-call system's side of the webhook: every call is one line of <c>webhook.jsonl</c>, on file before the answer.</summary>
internal sealed class WebhookReceiver(LineFile file, InjectedFaults faults, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var fault = faults.Draw();
        context.Response.StatusCode = fault is InjectedFault.Unavailable or InjectedFault.Conflict ? 503 : await StoreAsync(context.Request);
        if (fault is InjectedFault.AnswerLost && context.Response.StatusCode == 204)
        {
            context.Response.StatusCode = 503;
        }
    }

    private async Task<int> StoreAsync(HttpRequest request)
    {
        if (request.Method != "POST" || !request.HasJsonContentType())
        {
            return request.Method == "POST" ? 415 : 405;
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            file.Append(Line(request, body.RootElement));
            return 204;
        }
        catch (JsonException)
        {
            return 400;
        }
    }

    private ReadOnlySpan<byte> Line(HttpRequest request, JsonElement body)
    {
        var line = new ArrayBufferWriter<byte>(512);
        Json.AppendLine(line, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("at", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("path", request.Path);
            writer.WriteString("key", request.Headers["Idempotency-Key"].FirstOrDefault());
            writer.WritePropertyName("body");
            body.WriteTo(writer);
            writer.WriteEndObject();
        });
        return line.WrittenSpan;
    }
}
