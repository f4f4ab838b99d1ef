using System.Text;
using IoTHealth.Simulators.Mqtt;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.Tests.WatchOverRobot;

/// <summary>The wire as docs/SEAMS.md has it, letter by letter.</summary>
public sealed class RobotRecordJsonTests
{
    private static readonly DateTimeOffset Instant = new(2026, 11, 24, 3, 12, 0, 123, TimeSpan.FromHours(9));
    private static readonly DeviceCredential Device = new("robot-01", "R-0001", "secret");

    [Fact]
    public void A_look() => Check(
        Look(4711, new NightMoment(SleepStage.Light, 58, 14, 3)),
        """{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","bed":"in","hr":58,"rr":14,"motion":3}""",
        """[{"kind":"bed-presence","value":"in-bed"},{"kind":"heart-rate","value":"58"},{"kind":"respiration-rate","value":"14"},{"kind":"body-motion","value":"3"}]""");

    [Fact]
    public void Nobody_in_bed_is_a_heart_of_zero_and_reads_as_absent() => Check(
        Look(4711, new NightMoment(SleepStage.OutOfBed, 0, 0, 0)),
        """{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","bed":"out","hr":0,"rr":0,"motion":0}""",
        """[{"kind":"bed-presence","value":"out-of-bed"},{"kind":"heart-rate","value":"absent"},{"kind":"respiration-rate","value":"absent"},{"kind":"body-motion","value":"0"}]""");

    [Fact]
    public void What_movement_hid_is_left_out_and_is_no_reading() => Check(
        Look(4711, new NightMoment(SleepStage.Awake, null, null, 33)),
        """{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","bed":"in","motion":33}""",
        """[{"kind":"bed-presence","value":"in-bed"},{"kind":"body-motion","value":"33"}]""");

    [Fact]
    public void A_bed_exit() => Check(
        new RobotRecord(4711, Instant, null, NightEventKind.BedExit),
        """{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","event":"bed_exit"}""",
        """[{"kind":"bed-exit","value":"exited"}]""");

    [Fact]
    public void A_fall() => Check(
        new RobotRecord(4711, Instant, null, NightEventKind.Fall),
        """{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","event":"fall"}""",
        """[{"kind":"fall","value":"detected"}]""");

    [Fact]
    public void Several_records_are_an_array() => Assert.Equal(
        """[{"seq":1,"ts":"2026-11-24T03:12:00.123+09:00","event":"fall"},{"seq":2,"ts":"2026-11-24T03:12:00.123+09:00","event":"fall"}]""",
        Encoding.UTF8.GetString(RobotRecordJson.Payload([new(1, Instant, null, NightEventKind.Fall), new(2, Instant, null, NightEventKind.Fall)])));

    private static RobotRecord Look(long sequence, NightMoment look) => new(sequence, Instant, look, null);

    private static void Check(RobotRecord record, string wire, string readings)
    {
        Assert.Equal(wire, Encoding.UTF8.GetString(RobotRecordJson.Payload([record])));
        Assert.Equal(
            $$"""{"event":"sent","device":"robot-01","serial":"R-0001","seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","readings":{{readings}}}""" + "\n",
            Encoding.UTF8.GetString(SentFile.SentLines(Device, [record])));
    }
}
