using System.Diagnostics;
using IoTHealth.Testing;

namespace IoTHealth.Simulators.Tests.Support;

/// <summary>Debian's mosquitto with TLS and passwords on a free port; can be killed and started again on the same one.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _configuration;
    private Process? _process;

    public Mosquitto(TestFolder folder, TestAuthority authority, params string[] users)
    {
        Port = FreePort.Take();
        File.WriteAllText(folder["passwords"], "");
        foreach (var user in users)
        {
            Run("/usr/bin/mosquitto_passwd", "-b", folder["passwords"], user, "secret of " + user);
        }

        _configuration = folder.Write("mosquitto.conf", $"""
            user root
            listener {Port} 127.0.0.1
            certfile {authority.CertificateFile}
            keyfile {authority.KeyFile}
            password_file {folder["passwords"]}
            allow_anonymous false
            max_inflight_messages 0
            max_queued_messages 0
            """);
    }

    public int Port { get; }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("/usr/sbin/mosquitto", ["-c", _configuration]) { RedirectStandardError = true };
        var running = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.EndsWith(" running", StringComparison.Ordinal))
            {
                running.TrySetResult(line.Data is not null);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        Assert.True(await running.Task.WaitAsync(Patience), "mosquitto did not start");
    }

    /// <summary>As a power cut: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private static void Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
