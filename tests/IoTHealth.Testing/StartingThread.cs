using System.Collections.Concurrent;

namespace IoTHealth.Testing;

/// <summary>
/// The one thread that starts child processes. The kernel sends the parent-death signal when the starting THREAD ends,
/// and threads of the pool come and go, so children are started from a thread that lives as long as the process.
/// </summary>
internal static class StartingThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static StartingThread() => new Thread(Run) { IsBackground = true, Name = "starts children" }.Start();

    public static T Invoke<T>(Func<T> start)
    {
        var started = new TaskCompletionSource<T>();
        Work.Add(() =>
        {
            try
            {
                started.SetResult(start());
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static void Run()
    {
        foreach (var action in Work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
