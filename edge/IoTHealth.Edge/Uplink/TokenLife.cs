namespace IoTHealth.Edge.Uplink;

/// <summary>How long a token holds, and when it is replaced: some time before, not with all boxes at once.</summary>
internal static class TokenLife
{
    public static readonly TimeSpan Whole = TimeSpan.FromHours(1);

    private const double EarliestShare = 0.75;
    private const double LatestShare = 0.9;

    /// <summary>On the timer, not on the wall clock: that may be set meanwhile.</summary>
    public static Task RenewalAsync(TimeProvider time, CancellationToken cancellation) =>
        Task.Delay(Whole * (EarliestShare + (LatestShare - EarliestShare) * Random.Shared.NextDouble()), time, cancellation);
}
