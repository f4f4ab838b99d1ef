using IoTHealth.Simulators.BloodPressureCuff;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.BloodPressureCuff;

public sealed class CuffAccountTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void It_is_written_as_the_seams_say_and_gone_on_with()
    {
        using (var account = CuffAccount.Open(_folder.Path, "B-0001"))
        {
            Assert.Equal(0, account.Last);
            account.Measured(new CuffReading(1, new DateTime(2026, 11, 24, 7, 12, 0), PressureUnit.MillimetreOfMercury, 128, 78, 95, 66, 1, 0));
            account.Measured(new CuffReading(2, new DateTime(2026, 11, 24, 7, 13, 1), PressureUnit.Kilopascal, 17.0m, 10.4m, null, 64, 1, 0));
            account.Sent(1);
        }

        Assert.Equal(
            """
            {"event":"measured","serial":"B-0001","index":1,"guarantee":"detect-only","kind":"blood-pressure","time":"2026-11-24T07:12:00","values":{"systolic":"128 mm[Hg]","diastolic":"78 mm[Hg]","mean-pressure":"95 mm[Hg]","pulse-rate":"66 /min"}}
            {"event":"measured","serial":"B-0001","index":2,"guarantee":"detect-only","kind":"blood-pressure","time":"2026-11-24T07:13:01","values":{"systolic":"17.0 kPa","diastolic":"10.4 kPa","mean-pressure":"absent","pulse-rate":"64 /min"}}
            {"event":"sent","index":1}

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(_folder["B-0001.device.jsonl"]));
        using var again = CuffAccount.Open(_folder.Path, "B-0001");
        Assert.Equal(2, again.Last);
    }

    [Fact]
    public void What_is_no_account_is_not_written_to()
    {
        _folder.Write("B-0001.device.jsonl", "precious\n");
        Assert.Contains("line 1", Assert.Throws<UsageException>(() => CuffAccount.Open(_folder.Path, "B-0001")).Message, StringComparison.Ordinal);
        Assert.Equal("precious\n", File.ReadAllText(_folder["B-0001.device.jsonl"]));
    }

    public void Dispose() => _folder.Dispose();
}
