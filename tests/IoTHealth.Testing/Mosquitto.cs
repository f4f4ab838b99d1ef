using System.Globalization;

namespace IoTHealth.Testing;

/// <summary>Debian's mosquitto on a free port of 127.0.0.1; its folder is kept over stop and start.</summary>
public sealed class Mosquitto : IAsyncDisposable
{
    private readonly string program;
    private readonly string folder;
    private ServerProcess? process;

    private Mosquitto(string folder, string? extraConfiguration)
    {
        program = Require.Program("mosquitto");
        this.folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(ConfigurationFile, Configuration() + extraConfiguration);
    }

    public int Port { get; } = FreePort.Take();

    private string ConfigurationFile => Path.Combine(folder, "mosquitto.conf");

    /// <param name="extraConfiguration">Further lines of mosquitto.conf, for example a bridge.</param>
    public static async Task<Mosquitto> StartAsync(string folder, string? extraConfiguration = null)
    {
        var mosquitto = new Mosquitto(folder, extraConfiguration);
        await mosquitto.StartAsync();
        return mosquitto;
    }

    public async Task StartAsync()
    {
        process = ServerProcess.Start(new("mosquitto", program, ["-c", ConfigurationFile], Path.Combine(folder, "mosquitto.log")));
        await process.WaitForAsync(late => TcpProbe.AnswersAsync(Port, late), TimeSpan.FromSeconds(10));
    }

    public async Task StopAsync()
    {
        await process!.StopAsync(TimeSpan.FromSeconds(5));
        await process.DisposeAsync();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    // Started by root, mosquitto would change to a user that cannot read the test's folder.
    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $"""
        listener {Port} 127.0.0.1
        allow_anonymous true
        user {Environment.UserName}
        persistence true
        persistence_location {folder}/
        log_dest stderr

        """);
}
