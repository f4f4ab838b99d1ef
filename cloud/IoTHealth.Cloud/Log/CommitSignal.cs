namespace IoTHealth.Cloud.Log;

/// <summary>Wakes readers in this process after a commit. A hint only: readers also look by themselves now and then.</summary>
public sealed class CommitSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next raise. Take it before looking, and wait for it after finding nothing.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
