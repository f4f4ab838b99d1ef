using IoTHealth.Devices;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Tests.Registry;

public sealed class DeviceRegistryTests
{
    private const string Hash = "pbkdf2-sha256$100000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static readonly DeviceSettings Bare = new("dev-1", "", "IoTHealth", "Model", "S-1", "101-A");

    // Profile and link, and the kind of device that becomes of it.
    public static TheoryData<string, string, Type, GuaranteeClass> Links => new()
    {
        { "watch-over-robot", "password", typeof(MqttDevice), GuaranteeClass.Acknowledged },
        { "contour-meter", "line", typeof(SerialDevice), GuaranteeClass.ReReadable },
        { "contour-meter-hid", "line", typeof(SerialDevice), GuaranteeClass.ReReadable },
        { "blood-pressure-cuff", "radio", typeof(GattDevice), GuaranteeClass.DetectOnly },
        { "glucose-meter-ble", "radio", typeof(GattDevice), GuaranteeClass.ReReadable },
        { "pacemaker", "", typeof(ReportingDevice), GuaranteeClass.Acknowledged },
        { "pacemaker", "line", typeof(SerialDevice), GuaranteeClass.Acknowledged },
        { "pacemaker", "password", typeof(MqttDevice), GuaranteeClass.Acknowledged },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void The_link_decides_how_a_device_is_served(string profile, string link, Type expected, GuaranteeClass guarantee)
    {
        var device = Assert.Single(Registry(With(profile, link)).Devices);
        Assert.IsType(expected, device);
        Assert.Equal(guarantee, device.Guarantee);
    }

    [Theory]
    [InlineData("watch-over-robot", "", "needs 'password'")]
    [InlineData("contour-meter", "radio", "needs 'line'")]
    [InlineData("blood-pressure-cuff", "", "needs 'radio'")]
    [InlineData("pacemaker", "radio", "needs 'line' or 'password' or none of these (it reports by MLLP)")]
    [InlineData("toaster", "line", "there is no profile 'toaster' (known: blood-pressure-cuff, ")]
    public void A_wrong_link_is_refused_with_the_right_one(string profile, string link, string reason) =>
        Assert.Contains(reason, Assert.Throws<DocumentException>(() => Registry(With(profile, link))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("blood-pressure-cuff", "radio")]
    [InlineData("contour-meter", "line")]
    public void Two_devices_on_one_link_are_refused(string profile, string link)
    {
        var one = With(profile, link);
        var other = one with { Key = "dev-2", Serial = "S-2", Radio = one.Radio is { } radio ? radio with { Address = radio.Address.ToLowerInvariant() } : null };
        Assert.Contains("dev-1, dev-2 have one and the same link", Assert.Throws<DocumentException>(() => Registry(one, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_reports_by_mllp_where_nobody_listens_is_refused() => Assert.Contains(
        "no 'mllp' is configured",
        Assert.Throws<DocumentException>(() => new DeviceRegistry(Sample.Configuration("/nowhere", With("pacemaker", "")), DriverCatalog.Load())).Message,
        StringComparison.Ordinal);

    private static DeviceSettings With(string profile, string link) => Bare with
    {
        Profile = profile,
        Password = link == "password" ? Hash : null,
        Line = link == "line" ? new LineSettings("/dev/ttyUSB0") : null,
        Radio = link == "radio" ? new RadioSettings("C0:26:DA:00:00:AB") : null,
    };

    private static DeviceRegistry Registry(params DeviceSettings[] devices) => new(Sample.Configuration("/nowhere", devices) with { Mllp = new MllpSettings("127.0.0.1", 0) }, DriverCatalog.Load());
}
