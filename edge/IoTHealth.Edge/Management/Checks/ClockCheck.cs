using System.Globalization;
using IoTHealth.Links.Clock;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>The clock: kept by a time service, and there after a power cut.</summary>
internal sealed class ClockCheck : ICheck
{
    private const string Part = "clock";
    private const string BatteryClock = "/sys/class/rtc/rtc0/since_epoch";

    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(2);

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CheckLine>>([Synchronised(), Battery(subject.Time.GetUtcNow())]);

    private static CheckLine Synchronised() => KernelClock.IsSynchronised()
        ? CheckLine.Ok(Part, "同期されています。", "synchronised")
        : CheckLine.Warning(
            Part, new Words("時刻が同期されていません。測定時刻の確からしさが下がり、血圧計の時計を合わせません。", "not synchronised: times are less certain, and no cuff is set by this clock"),
            new Words("systemctl enable --now systemd-timesyncd を実行し、NTP サーバーに届くか確認してください。", "systemctl enable --now systemd-timesyncd, and see that an NTP server is in reach."));

    private static CheckLine Battery(DateTimeOffset now)
    {
        if (!File.Exists(BatteryClock) || !long.TryParse(File.ReadAllText(BatteryClock), CultureInfo.InvariantCulture, out var seconds))
        {
            return CheckLine.Warning(
                Part, new Words("電池で動く時計（RTC）がありません。停電後、NTP に届くまで時刻が不確かです。", "there is no battery clock (RTC): after a power cut time is uncertain until NTP is reached"),
                new Words("RTC の取り付けを検討してください。", "Consider fitting one."));
        }

        var difference = DateTimeOffset.FromUnixTimeSeconds(seconds) - now;
        return difference.Duration() < Apart
            ? CheckLine.Ok(Part, "RTC は合っています。", "the battery clock agrees")
            : CheckLine.Warning(
                Part, new Words($"RTC が {difference.TotalSeconds:0} 秒ずれています。", $"the battery clock is off by {difference.TotalSeconds:0} s"),
                new Words("同期後に hwclock --systohc を実行し、電池を確認してください。", "hwclock --systohc once the clock is synchronised; see to its battery."));
    }
}
