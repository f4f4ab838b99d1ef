using System.Text.RegularExpressions;

namespace IoTHealth.Devices.Tests.Devices;

/// <summary>
/// Each device folder's README ends with a table of its parts, and each part is really there: driver, decoder, a simulator that
/// speaks the protocol, vectors to try a decoder on.
/// </summary>
public sealed partial class DevicePartsTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(DeviceFolderTests.Room, "../.."));

    public static TheoryData<string> Folders => DeviceFolderTests.Folders;

    [Theory]
    [MemberData(nameof(Folders))]
    public void Driver_and_decoder_are_in_the_folder(string folder) => Assert.All(
        Named(folder, "driver").Concat(Named(folder, "decoder")),
        name => Assert.True(
            typeof(DriverCatalog).Assembly.GetType($"IoTHealth.Devices.{folder}.{name}") is not null
            || File.Exists(Path.Combine(DeviceFolderTests.Room, folder, name)),
            $"{folder} names {name}, which is neither a type nor a profile of the folder"));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_profile_of_the_catalogue_is_told(string folder)
    {
        var readme = DeviceFolderTests.Readme(folder);
        Assert.All(Named(folder, "profile"), profile => Assert.Contains(profile, DriverCatalog.Load().Names));
        var drivers = DriverCatalog.Load();
        var here = drivers.Serial.Where(pair => IsHere(pair.Value)).Select(pair => pair.Key)
            .Concat(drivers.Gatt.Where(pair => IsHere(pair.Value)).Select(pair => pair.Key))
            .Concat(drivers.Reports.Where(pair => IsHere(pair.Value)).Select(pair => pair.Key));
        Assert.All(here, profile => Assert.Contains($"`{profile}`", readme, StringComparison.Ordinal));

        bool IsHere(object driver) => driver.GetType().Namespace == $"IoTHealth.Devices.{folder}";
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_simulator_speaks_its_protocol(string folder)
    {
        var source = string.Concat(Directory
            .EnumerateFiles(Path.Combine(Repository, "simulators/IoTHealth.Simulators"), "*Command.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All(Named(folder, "simulator"), command => Assert.Contains($"new Command(\"{command}\"", source, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void There_are_vectors_to_try_its_decoders_on(string folder)
    {
        var protocols = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository, "tests/vectors"), "*.jsonl").Select(File.ReadAllText));
        Assert.All(Named(folder, "vectors"), name => Assert.True(
            ProtocolOf(name).IsMatch(protocols) || Directory.EnumerateFiles(Path.Combine(Repository, "tests"), name, SearchOption.AllDirectories).Any(),
            $"{folder} names the vectors {name}, which are neither a protocol in tests/vectors nor a file under tests"));
    }

    private static List<string> Named(string folder, string part)
    {
        var row = Regex.Match(DeviceFolderTests.Readme(folder), $@"^\| {part} \| (?<names>.+) \|$", RegexOptions.Multiline);
        Assert.True(row.Success, $"{folder}/README.md has no row '| {part} | … |'");
        var names = Quoted().Matches(row.Groups["names"].Value).Select(match => match.Groups["name"].Value).ToList();
        Assert.NotEmpty(names);
        return names;
    }

    private static Regex ProtocolOf(string name) => new($"\"protocol\": ?\"{Regex.Escape(name)}\"");

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted();
}
