using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using IoTHealth.Devices.Profiles;

namespace IoTHealth.Devices.Tests.Devices;

/// <summary>Every device has all its parts: a profile that loads, and a README that tells both languages what it is.</summary>
public sealed partial class DeviceFolderTests
{
    private static readonly string[] NoDevices = ["Profiles", "Codecs", "bin", "obj"];

    internal static string Room => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../devices/IoTHealth.Devices"));

    public static TheoryData<string> Folders =>
        [.. Directory.EnumerateDirectories(Room).Select(path => Path.GetFileName(path)).Except(NoDevices).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Profiles => [.. ProfileFiles().Select(path => Path.GetRelativePath(Room, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_folder_tells_what_it_is_how_to_connect_it_and_where_it_ends(string folder)
    {
        var text = Readme(folder);
        Assert.Matches(Japanese(), text);
        Assert.All(
            new[] { "## 日本語", "## English", "### つなぎ方", "### Connecting", "### 制限事項", "### Limits", "### Sample" },
            heading => Assert.Contains($"\n{heading}\n", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_profile_is_in_the_catalogue(string file)
    {
        var name = Path.GetFileName(file).Replace(".profile.yaml", "", StringComparison.Ordinal);
        var driver = DriverCatalog.Load().Mqtt[name];
        Assert.StartsWith(name + "/", driver.Name, StringComparison.Ordinal);
        Assert.All(driver.Topics("dev-1"), topic => Assert.Contains("dev-1", topic.Split('/')));
    }

    /// <summary>What a README shows is read without a complaint.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Samples_of_the_readme_are_read(string file)
    {
        var readme = File.ReadAllText(Path.Combine(Room, Path.GetDirectoryName(file)!, "README.md"));
        var driver = DriverCatalog.Load().Mqtt[Path.GetFileName(file).Replace(".profile.yaml", "", StringComparison.Ordinal)];
        var samples = JsonBlock().Matches(readme).Select(match => match.Groups["json"].Value).ToList();
        Assert.NotEmpty(samples);
        Assert.All(samples, sample =>
        {
            Assert.NotEqual(JsonValueKind.Undefined, JsonDocument.Parse(sample).RootElement.ValueKind);
            var upload = DriverCase.Read(driver, Encoding.UTF8.GetBytes(sample));
            Assert.Empty(upload.Refusals);
            Assert.NotEmpty(upload.Measurements);
        });
    }

    [Fact]
    public void Every_profile_file_is_embedded() => Assert.Equal(ProfileFiles().Count(), DriverCatalog.Load().Mqtt.Values.OfType<MqttProfileDriver>().Count());

    internal static string Readme(string folder) => File.ReadAllText(Path.Combine(Room, folder, "README.md"));

    private static IEnumerable<string> ProfileFiles() => Directory.EnumerateFiles(Room, "*.profile.yaml", SearchOption.AllDirectories);

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex("[\\p{IsHiragana}\\p{IsKatakana}]")]
    private static partial Regex Japanese();

    [GeneratedRegex("```json\\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
