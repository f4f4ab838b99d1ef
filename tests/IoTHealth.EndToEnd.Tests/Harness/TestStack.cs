using IoTHealth.Demo.Running;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>
/// A stack in a folder of its own, removed afterwards unless IOTHEALTH_KEEP is set (then the logs can be read).
/// </summary>
internal sealed class TestStack : IAsyncDisposable
{
    private readonly TestFolder folder = new("iothealth-e2e");

    private TestStack(Func<StackOptions, StackOptions> choose) =>
        Stack = Stack.Lay(choose(new StackOptions(folder.Path) { Robots = 2 }), TimeProvider.System);

    public Stack Stack { get; }

    /// <summary>A stack whose servers all serve; no device runs yet.</summary>
    /// <param name="choose">Options other than the usual.</param>
    /// <param name="prepare">Changes the folder before anything starts.</param>
    public static async Task<TestStack> StartAsync(Func<StackOptions, StackOptions>? choose = null, Action<Stack>? prepare = null)
    {
        var test = new TestStack(choose ?? (options => options));
        try
        {
            prepare?.Invoke(test.Stack);
            await test.Stack.StartServersAsync();
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        if (Environment.GetEnvironmentVariable("IOTHEALTH_KEEP") is null)
        {
            folder.Dispose();
        }
        else
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"kept: {folder.Path}");
        }
    }
}
