using System.Security.Cryptography;
using IoTHealth.Cloud.Log;

namespace IoTHealth.Cloud.Patients;

/// <summary>
/// Reads the residents file at start and again whenever its content changes. Polls the content: change notices are lost
/// on network folders and by editors that replace the file. A change counts once two looks in a row saw the same bytes, so
/// that a file is not taken half-saved. A file with a mistake is reported and the former one kept.
/// </summary>
public sealed partial class ResidentsWatch(
    string path, ResidentDirectory directory, FileAssignments assignments, CommitSignal signal, TimeProvider time,
    ILogger<ResidentsWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _applied = [];
    private byte[] _seen = [];
    private volatile string? _refusal;

    /// <summary>Why the file as it is now cannot be used, with the line; null while it is in force.</summary>
    public string? Refusal => _refusal;

    /// <summary>Reads the file at start, when there is no former one to stay with.</summary>
    /// <exception cref="Documents.DocumentException">The file cannot be used.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        await ApplyAsync(bytes, SHA256.HashData(bytes), cancellation);
    }

    /// <summary>Looks once; throws where the loop would only report.</summary>
    /// <exception cref="Documents.DocumentException">The file cannot be used.</exception>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        var hash = SHA256.HashData(bytes);
        if (hash.AsSpan().SequenceEqual(_applied))
        {
            (_seen, _refusal) = (hash, null);
        }
        else if (hash.AsSpan().SequenceEqual(_seen))
        {
            await ApplyAsync(bytes, hash, cancellation);
        }
        else
        {
            _seen = hash;
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await LookAsync(cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                Refuse(e.Message);
            }
        }
    }

    private async Task ApplyAsync(byte[] bytes, byte[] hash, CancellationToken cancellation)
    {
        var file = ResidentsFile.Parse(bytes, path);
        var appended = await assignments.BringAsync(file, cancellation);
        directory.Replace(file);
        (_applied, _seen, _refusal) = (hash, hash, null);
        LogRead(logger, file.Residents.Count, appended);
        signal.Raise();
    }

    private void Refuse(string reason)
    {
        if (_refusal != reason)
        {
            LogKept(logger, reason);
        }

        _refusal = reason;
    }

    [LoggerMessage(LogLevel.Information, "Read the residents file: {Residents} residents, {Appended} new assignment entries")]
    private static partial void LogRead(ILogger logger, int residents, int appended);

    [LoggerMessage(LogLevel.Error, "The residents file cannot be used and the former one stays: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);
}
