using IoTHealth.Testing;

namespace IoTHealth.Demo;

/// <summary>The folder of a run: the one asked for, which stays, or a new one, which goes unless it is to be kept.</summary>
internal sealed class DemoFolder(DirectoryInfo? asked, bool keep) : IDisposable
{
    private readonly TestFolder? made = asked is null ? new TestFolder("iothealth-demo") : null;

    public string Path => asked?.FullName ?? made!.Path;

    public void Dispose()
    {
        if (keep || made is null)
        {
            Console.WriteLine($"kept: {Path}");
            return;
        }

        made.Dispose();
    }
}
