using System.Globalization;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>The disk of the data folder: room, how fast it makes a write durable, and whether it is encrypted.</summary>
internal sealed class DiskCheck : ICheck
{
    private const string Part = "disk";
    private const int Tries = 21;
    private const int TryBytes = 4_096;
    private const long LeastBytes = 256L << 20;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    private readonly EncryptedDisk _encryption = new();

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        // Before its first start there is no data folder yet: what holds it counts.
        var folder = subject.Configuration.Data;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        return Task.FromResult<IReadOnlyList<CheckLine>>([Room(folder), Speed(folder, subject.Time), Encryption(folder)]);
    }

    private static CheckLine Room(string folder)
    {
        var disk = new DriveInfo(folder);
        var (free, size) = (disk.AvailableFreeSpace, disk.TotalSize);
        var text = string.Create(CultureInfo.InvariantCulture, $"{folder}: {free >> 20:N0} MB / {size >> 20:N0} MB");
        var remedy = new Words("不要なファイルを消すか、journal.maximumMegabytes を下げてください。", "Remove what is not needed, or lower journal.maximumMegabytes.");
        return free switch
        {
            < LeastBytes => CheckLine.Failed(Part, new Words($"空き容量がありません（{text}）。", $"no room is left ({text})"), remedy),
            _ when free < size / 10 => CheckLine.Warning(Part, new Words($"空き容量が 10 % 未満です（{text}）。", $"less than 10 % is free ({text})"), remedy),
            _ => CheckLine.Ok(Part, $"空き容量 {text}。", $"free: {text}"),
        };
    }

    private static CheckLine Speed(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, $".check-{Guid.NewGuid():N}");
        try
        {
            var times = new List<TimeSpan>(Tries);
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose, BufferSize = 0 });
            var block = new byte[TryBytes];
            for (var i = 0; i < Tries; i++)
            {
                var begun = time.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times.Add(time.GetElapsedTime(begun));
            }

            times.Sort();
            var median = times[Tries / 2];
            var text = string.Create(CultureInfo.InvariantCulture, $"fsync {median.TotalMilliseconds:0.0} ms (max {times[^1].TotalMilliseconds:0.0} ms)");
            return median < Slow
                ? CheckLine.Ok(Part, $"{text}。", text)
                : CheckLine.Warning(
                    Part, new Words($"書き込みが遅い記憶媒体です（{text}）。", $"the disk is slow to keep what is written ({text})"),
                    new Words("産業用の記憶媒体への交換を検討してください。", "Consider an industrial flash card."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CheckLine.Failed(
                Part, new Words($"書き込めません: {e.Message}", $"cannot be written to: {e.Message}"),
                new Words("ゲートウェイの利用者で実行しているか、読み取り専用になっていないか確認してください。", "Run this as the gateway's user; see whether the file system has become read-only."));
        }
    }

    private CheckLine Encryption(string folder) => _encryption.Holds(folder) switch
    {
        true => CheckLine.Ok(Part, "暗号化されています（dm-crypt）。", "encrypted (dm-crypt)"),
        false => CheckLine.Warning(
            Part, new Words("暗号化されていない装置です。測定値は暗号化されますが、鍵（box.key）と設定は同じ装置にあります。", "the device is not encrypted: readings are sealed, but box.key and the configuration lie beside them"),
            new Words("データの場所を LUKS の領域に移してください。", "Put the data folder on a LUKS volume.")),
        null => CheckLine.Warning(
            Part, new Words("暗号化の有無が分かりません。", "the kernel does not tell whether it is encrypted"),
            new Words("記憶媒体の暗号化を別の方法で確認してください。", "Make sure of it in another way.")),
    };
}
