using System.Security.Cryptography;
using IoTHealth.Cloud.Log;
using IoTHealth.Documents;

namespace IoTHealth.Cloud.Patients;

/// <summary>
/// Reads the residents file at start and again whenever its content changes. Polls the content: change notices are lost
/// on network folders and by editors that replace the file. A file with a mistake is reported and the former one kept.
/// </summary>
public sealed partial class ResidentsWatch(
    string path, ResidentDirectory directory, FileAssignments assignments, CommitSignal signal, TimeProvider time,
    ILogger<ResidentsWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _seen = [];

    /// <summary>Looks once; throws where the loop would only report.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(path, cancellation));
        if (!hash.AsSpan().SequenceEqual(_seen))
        {
            var file = ResidentsFile.Load(path);
            CheckKeys(file);
            var appended = await assignments.BringAsync(file, cancellation);
            directory.Replace(file);
            _seen = hash;
            LogRead(logger, file.Residents.Count, appended);
            signal.Raise();
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var complained = "";
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await LookAsync(cancellation);
                complained = "";
            }
            catch (Exception e) when (e is not OperationCanceledException && e.Message != complained)
            {
                complained = e.Message;
                LogKept(logger, e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Said already.
            }
        }
    }

    private void CheckKeys(ResidentsFile file)
    {
        var twice = file.Residents.GroupBy(resident => resident.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new DocumentException($"{path}: the resident key '{twice.Key}' stands there twice");
        }
    }

    [LoggerMessage(LogLevel.Information, "Read the residents file: {Residents} residents, {Appended} new assignment entries")]
    private static partial void LogRead(ILogger logger, int residents, int appended);

    [LoggerMessage(LogLevel.Error, "The residents file cannot be used and the former one stays: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);
}
