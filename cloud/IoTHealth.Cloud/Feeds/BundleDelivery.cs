using Hl7.Fhir.Model;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Records;
using Task = System.Threading.Tasks.Task;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Delivers one bundle until every measurement in it has an outcome, as <see cref="TransactionQueue{T}"/> says; consent is
/// asked again before each attempt.
/// </summary>
public sealed partial class BundleDelivery(FhirClient client, ResidentDirectory residents, TimeProvider time, ILogger<BundleDelivery> logger)
{
    private long _taken;

    public Task DeliverAsync(ReadOnlyMemory<Sending> bundle, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        var queue = new TransactionQueue<Sending>(SendAsync, TakesOthersAsync, () => Interlocked.Read(ref _taken), time)
        {
            Admit = sendings => Allowed(sendings, outcomes),
            Settle = (sending, answer) => outcomes[sending.Index] = Outcome(sending, answer),
        };
        return queue.RunAsync(bundle.ToArray(), cancellation);
    }

    /// <summary>One attempt for a measurement that was stuck before; false when no answer came at all.</summary>
    public async Task<bool> DeliverOnceAsync(Sending sending, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        if (Allowed([sending], outcomes) is not [var allowed])
        {
            return true;
        }

        var answer = await SendAsync([allowed], cancellation);
        outcomes[sending.Index] = Outcome(sending, answer);
        return answer is not FhirAnswer.Later { Status: null };
    }

    /// <summary>Puts Observations to entered-in-error; waits out passing faults. Consent is not asked: it only takes away.</summary>
    /// <returns>Those that were refused or are stuck: they stand.</returns>
    public async Task<IReadOnlyList<AttributedMeasurement>> TakeBackAsync(
        IReadOnlyList<AttributedMeasurement> wrong, CancellationToken cancellation)
    {
        var standing = new List<AttributedMeasurement>();
        var queue = new TransactionQueue<AttributedMeasurement>(
            RevokeAsync, TakesOthersAsync, () => Interlocked.Read(ref _taken), time)
        {
            Settle = (told, answer) => AddWhereStanding(standing, told, answer),
        };
        await queue.RunAsync([.. wrong], cancellation);
        return standing;
    }

    /// <summary>One attempt to take back what stood before.</summary>
    public Task<FhirAnswer> TakeBackOnceAsync(AttributedMeasurement wrong, CancellationToken cancellation) => RevokeAsync([wrong], cancellation);

    /// <summary>An Observation that should be taken back stands: its resident is not in the residents file any more.</summary>
    public void LogStanding(MeasurementId measurement) => LogStanding(logger, measurement.ToString());

    private Sending[] Allowed(Sending[] bundle, FeedOutcome[] outcomes)
    {
        var allowed = new List<Sending>(bundle.Length);
        foreach (var sending in bundle)
        {
            switch (residents.ConsentOf(sending.Measurement.Resident.Key))
            {
                case ConsentDecision.Permit:
                    allowed.Add(sending);
                    break;
                case null:
                    outcomes[sending.Index] = new FeedOutcome.Awaiting(FeedOutcome.Awaiting.UnknownResident);
                    break;
                default:
                    outcomes[sending.Index] = new FeedOutcome.Withheld();
                    break;
            }
        }

        return [.. allowed];
    }

    private FeedOutcome Outcome(Sending sending, FhirAnswer answer)
    {
        var measurement = sending.Measurement.Measurement;
        switch (answer)
        {
            case FhirAnswer.Refused refused:
                LogQuarantined(logger, measurement.Id.ToString(), measurement.Device.Value);
                return new FeedOutcome.Quarantined(refused.Reason);
            case FhirAnswer.Later later:
                LogStuck(logger, measurement.Id.ToString(), measurement.Device.Value, later.Reason);
                return new FeedOutcome.Awaiting(FeedOutcome.Awaiting.RecordServer + later.Short);
            default:
                return new FeedOutcome.Delivered();
        }
    }

    private void AddWhereStanding(List<AttributedMeasurement> standing, AttributedMeasurement told, FhirAnswer answer)
    {
        if (answer is not FhirAnswer.Taken)
        {
            LogNotTakenBack(logger, told.Measurement.Id.ToString());
            standing.Add(told);
        }
    }

    private Task<FhirAnswer> SendAsync(Sending[] sendings, CancellationToken cancellation) =>
        PostAsync(() => RecordBundle.Of(sendings.Select(sending => sending.Measurement)), sendings.Length, cancellation);

    private Task<FhirAnswer> RevokeAsync(AttributedMeasurement[] wrong, CancellationToken cancellation) =>
        PostAsync(() => RecordBundle.TakingBack(wrong), wrong.Length, cancellation);

    private async Task<FhirAnswer> PostAsync(Func<Bundle> map, int count, CancellationToken cancellation)
    {
        if (Map(map, out var reason) is not { } transaction)
        {
            return new FhirAnswer.Refused(reason);
        }

        var answer = await client.PostAsync(transaction, cancellation);
        Note(answer, count);
        return answer;
    }

    /// <summary>Whatever the mapping throws is a fault of the content: it must end in quarantine, not in a loop.</summary>
    private static FhirTransaction? Map(Func<Bundle> map, out string reason)
    {
        reason = "";
        try
        {
            return FhirTransaction.Of(map());
        }
        catch (Exception e)
        {
            reason = e is UnmappableException ? e.Message : $"it has no FHIR form ({e.GetType().Name}): {e.Message}";
            return null;
        }
    }

    private void Note(FhirAnswer answer, int count)
    {
        if (answer is FhirAnswer.Taken)
        {
            Interlocked.Increment(ref _taken);
        }
        else if (answer is FhirAnswer.Later later)
        {
            LogLater(logger, count, later.Reason);
        }
    }

    /// <summary>Another bundle was taken since; or one that is of no resident is, or is at least judged.</summary>
    private async Task<bool> TakesOthersAsync(long takenBefore, CancellationToken cancellation) =>
        Interlocked.Read(ref _taken) > takenBefore
        || await client.PostAsync(FhirTransaction.Of(RecordBundle.OfProgram()), cancellation) is FhirAnswer.Taken or FhirAnswer.Refused;

    [LoggerMessage(LogLevel.Warning, "The record system did not take {Count} measurements and is asked again: {Reason}")]
    private static partial void LogLater(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Error, "The Observation of measurement {Measurement} was not taken back; it stands and is tried again")]
    private static partial void LogNotTakenBack(ILogger logger, string measurement);

    [LoggerMessage(LogLevel.Error, "The Observation of measurement {Measurement} should be taken back and stands: its resident left the residents file")]
    private static partial void LogStanding(ILogger logger, string measurement);

    [LoggerMessage(LogLevel.Error, "The record system refused measurement {Measurement} of {Device}; it is in quarantine with the reason")]
    private static partial void LogQuarantined(ILogger logger, string measurement, string device);

    [LoggerMessage(LogLevel.Error, "The record system takes others, but not measurement {Measurement} of {Device}; it waits and is tried again: {Reason}")]
    private static partial void LogStuck(ILogger logger, string measurement, string device, string reason);
}
