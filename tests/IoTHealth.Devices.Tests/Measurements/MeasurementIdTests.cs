using CsCheck;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class MeasurementIdTests
{
    private const string Robot = "serial:IoTHealth/WatchOver-1/R-0001";

    /// <summary>Stored for as long as the records are: whoever changes one of these doubles every reading.</summary>
    [Theory]
    [InlineData(Robot, "heart-rate", "ts=\"2026-11-24T03:12:00.123+09:00\"\nseq=4711\n", 0, "7cb78c70cab65026f7b953a5562a1e91")]
    [InlineData(Robot, "heart-rate", "ts=\"2026-11-24T03:12:00.123+09:00\"\nseq=4711\n", 1, "433c228e0e628e80c0bacf832fd7e588")]
    [InlineData("serial:見守り/型/ＡＢ-1", "fall", "", 7, "44b2044f8c07351af43b5f63e29c015e")]
    public void Ids_are_frozen(string device, string kind, string stable, int occurrence, string expected) =>
        Assert.Equal(expected, MeasurementId.Of(new DeviceId(device), kind, System.Text.Encoding.UTF8.GetBytes(stable), occurrence).ToString());

    [Fact]
    public void Ids_of_bytes_are_frozen() => Assert.Equal(
        "cfe631bd891e82d48cdb1ada3238db82",
        MeasurementId.Of(DeviceId.FromSystemId("00-22-09-00-00-ab-cd-ef"), "blood-pressure", [1, 2, 3, 0xFF], 0).ToString());

    [Theory]
    [InlineData("0ef71deb3ea7565ed656c0623b2c0584", "gap")]
    [InlineData("fe213d811a985d133cc73937ff4414a6", "alarm", "bed-exit-at-night", "serial:iothealth/watchover-1/r-0001", "00112233445566778899aabbccddeeff")]
    public void Ids_of_other_entries_are_frozen(string expected, string family, params string[] parts) =>
        Assert.Equal(expected, MeasurementId.Of(family, parts).ToString());

    [Fact]
    public void Letter_case_of_the_device_never_decides()
    {
        var (lower, upper) = (new DeviceId("serial:acme/x/ab-1"), new DeviceId("serial:ACME/X/AB-1"));
        Assert.Equal(lower, upper);
        Assert.Equal(Id(lower), Id(upper));
        Assert.Equal("serial:ACME/X/AB-1", upper.ToString());
    }

    /// <summary>Equal devices have equal digests, and unequal ones do not, in every script: ſ, K (Kelvin), ς, µ, İ …</summary>
    [Fact]
    public void Devices_are_equal_exactly_when_their_ids_are()
    {
        var letters = "aAkK\u212AsSſßςσΣµμΜİIıiÅÅé É".ToCharArray().Select(letter => new DeviceId($"serial:m/{letter}")).ToList();
        foreach (var one in letters)
        {
            foreach (var other in letters)
            {
                Assert.Equal(Id(one) == Id(other), one == other);
                Assert.True(one != other || one.GetHashCode() == other.GetHashCode());
            }
        }
    }

    [Fact]
    public void A_device_without_value_does_not_throw() => Assert.Equal(default, new DeviceId(""));

    [Theory]
    [InlineData("a/b", "c", "d", "a", "b/c", "d")]
    [InlineData("a%2fb", "c", "d", "a/b", "c", "d")]
    [InlineData("a", "b", "", "a", "", "b")]
    public void Serials_are_not_confused(string a1, string b1, string c1, string a2, string b2, string c2) =>
        Assert.NotEqual(DeviceId.FromSerial(a1, b1, c1), DeviceId.FromSerial(a2, b2, c2));

    [Fact]
    public void Serials_are_trimmed() => Assert.Equal(DeviceId.FromSerial("a", "b", "c"), DeviceId.FromSerial(" a ", "b\t", "\nc"));

    [Fact]
    public void Parts_do_not_run_into_each_other() => Gen.String.Array[0, 4].Select(Gen.String.Array[0, 4]).Sample((left, right) =>
        left.SequenceEqual(right) == (MeasurementId.Of("f", left) == MeasurementId.Of("f", right)));

    [Theory]
    [InlineData("ab", "c", "a", "bc")]
    [InlineData("ab", "", "", "ab")]
    public void Kind_and_stable_bytes_do_not_run_into_each_other(string kind1, string stable1, string kind2, string stable2) =>
        Assert.NotEqual(
            MeasurementId.Of(new DeviceId("d"), kind1, System.Text.Encoding.UTF8.GetBytes(stable1), 0),
            MeasurementId.Of(new DeviceId("d"), kind2, System.Text.Encoding.UTF8.GetBytes(stable2), 0));

    [Fact]
    public void Text_and_bytes_round_trip() => Gen.Byte.Array[MeasurementId.Length].Sample(bytes =>
    {
        var id = MeasurementId.FromBytes(bytes);
        return id.ToBytes().SequenceEqual(bytes) && MeasurementId.TryParse(id.ToString(), out var parsed) && parsed == id;
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7cb78c70cab65026f7b953a5562a1e9")]
    [InlineData("7cb78c70cab65026f7b953a5562a1e911")]
    [InlineData("gcb78c70cab65026f7b953a5562a1e91")]
    [InlineData(" cb78c70cab65026f7b953a5562a1e91")]
    [InlineData("0xb78c70cab65026f7b953a5562a1e91")]
    [InlineData("-1b78c70cab65026f7b953a5562a1e91")]
    public void Other_texts_are_no_ids(string? text) => Assert.False(MeasurementId.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => MeasurementId.FromBytes(new byte[length]));

    private static MeasurementId Id(DeviceId device) => MeasurementId.Of(device, "heart-rate", "1"u8, 0);
}
