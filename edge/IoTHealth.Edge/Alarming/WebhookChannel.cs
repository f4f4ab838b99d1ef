using System.Net.Http.Headers;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>Calls by HTTPS POST. 2xx is delivered; the alarm id is the idempotency key.</summary>
public sealed class WebhookChannel(
    WebhookSettings settings, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time, ILogger<WebhookChannel> logger)
    : CallChannel($"webhook {settings.Url.Authority}{settings.Url.AbsolutePath}", journal, desk, registry, time, logger)
{
    private readonly HttpClient _client = TrustedHttp.Client(settings.Ca, TimeSpan.FromSeconds(5));

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", alarm.Id.ToString());
        using var response = await _client.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }
}
