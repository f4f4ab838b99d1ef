using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Delivers one bundle until every measurement in it has an outcome: passing faults are waited out for ever, a refused
/// bundle is halved down to the measurement that is wrong, and consent is asked again before each attempt.
/// </summary>
public sealed partial class BundleDelivery(FhirClient client, ResidentDirectory residents, TimeProvider time, ILogger<BundleDelivery> logger)
{
    public async Task DeliverAsync(ReadOnlyMemory<Sending> bundle, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            var allowed = Allowed(bundle.Span, outcomes);
            if (allowed.Length == 0)
            {
                return;
            }

            switch (await AttemptAsync(allowed, cancellation))
            {
                case FhirAnswer.Taken:
                    Array.ForEach(allowed, sending => outcomes[sending.Index] = new FeedOutcome.Delivered());
                    return;
                case FhirAnswer.Refused refused:
                    await HalveAsync(allowed, refused.Reason, outcomes, cancellation);
                    return;
                case FhirAnswer.Later later:
                    LogLater(logger, allowed.Length, later.Reason);
                    await backoff.WaitAsync(cancellation);
                    break;
            }
        }
    }

    /// <summary>
    /// Puts Observations to entered-in-error; waits out passing faults. Consent is not asked: it only takes away. One that
    /// is refused is logged and passed over, because the correct Observation must not wait for it.
    /// </summary>
    public async Task TakeBackAsync(ReadOnlyMemory<AttributedMeasurement> wrong, CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            switch (await client.PostAsync(RecordBundle.TakingBack(wrong.ToArray()), cancellation))
            {
                case FhirAnswer.Taken:
                    return;
                case FhirAnswer.Refused when wrong.Length > 1:
                    await TakeBackAsync(wrong[..(wrong.Length / 2)], cancellation);
                    await TakeBackAsync(wrong[(wrong.Length / 2)..], cancellation);
                    return;
                case FhirAnswer.Refused:
                    LogNotTakenBack(logger, wrong.Span[0].Measurement.Id.ToString());
                    return;
                case FhirAnswer.Later later:
                    LogLater(logger, wrong.Length, later.Reason);
                    await backoff.WaitAsync(cancellation);
                    break;
            }
        }
    }

    /// <summary>An Observation that should be taken back stands: its resident is not in the residents file any more.</summary>
    public void LogStanding(MeasurementId measurement) => LogStanding(logger, measurement.ToString());

    private Sending[] Allowed(ReadOnlySpan<Sending> bundle, FeedOutcome[] outcomes)
    {
        var allowed = new List<Sending>(bundle.Length);
        foreach (var sending in bundle)
        {
            if (residents.MayRecord(sending.Measurement.Resident.Key))
            {
                allowed.Add(sending);
            }
            else
            {
                outcomes[sending.Index] = new FeedOutcome.Withheld();
            }
        }

        return [.. allowed];
    }

    private async Task<FhirAnswer> AttemptAsync(Sending[] sendings, CancellationToken cancellation)
    {
        try
        {
            return await client.PostAsync(RecordBundle.Of(sendings.Select(sending => sending.Measurement)), cancellation);
        }
        catch (UnmappableException e)
        {
            return new FhirAnswer.Refused(e.Message);
        }
    }

    private async Task HalveAsync(Sending[] refused, string reason, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        if (refused is [var single])
        {
            LogQuarantined(logger, single.Measurement.Measurement.Id.ToString(), single.Measurement.Measurement.Device.Value);
            outcomes[single.Index] = new FeedOutcome.Quarantined(reason);
            return;
        }

        var half = refused.Length / 2;
        await DeliverAsync(refused.AsMemory(0, half), outcomes, cancellation);
        await DeliverAsync(refused.AsMemory(half), outcomes, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "The record system did not take {Count} measurements and is asked again: {Reason}")]
    private static partial void LogLater(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Error, "The record system refused to take back the Observation of measurement {Measurement}")]
    private static partial void LogNotTakenBack(ILogger logger, string measurement);

    [LoggerMessage(LogLevel.Error, "The Observation of measurement {Measurement} should be taken back and stands: its resident left the residents file")]
    private static partial void LogStanding(ILogger logger, string measurement);

    [LoggerMessage(LogLevel.Error, "The record system refused measurement {Measurement} of {Device}; it is in quarantine with the reason")]
    private static partial void LogQuarantined(ILogger logger, string measurement, string device);
}
