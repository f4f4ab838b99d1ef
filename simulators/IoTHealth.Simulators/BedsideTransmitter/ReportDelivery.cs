using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Sends each report, the same bytes, until the gateway says what it makes of it.</summary>
internal sealed class ReportDelivery(
    IReportLink link, TransmitterAccount account, TransmitterTally tally, TransmitterChaos chaos, Random random, Backoff backoff, ILogger log)
{
    /// <summary>Returns once the report is acknowledged or refused; throws when <paramref name="stop"/> comes first.</summary>
    public async Task DeliverAsync(Report report, CancellationToken stop)
    {
        Answer? answer;
        while ((answer = await SendAsync(report, stop)) is null)
        {
            tally.Repeated++;
            await backoff.WaitAsync(stop);
        }

        backoff.Reset();
        if (!answer.IsAccepted)
        {
            tally.Refused++;
            log.Refused(report.Control, answer.Code, answer.Reason);
            return;
        }

        tally.Acknowledged += report.Indices.Count;
        account.Acknowledged(report.Indices);
        if (random.Happens(chaos.Repeat))
        {
            tally.Repeated++;
            await SendAsync(report, stop);
        }
    }

    private Task<Answer?> SendAsync(Report report, CancellationToken stop) => link.DeliverAsync(report, () => account.Sent(report.Indices), stop);
}
