using System.Text.RegularExpressions;
using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Architecture;

public sealed partial class NamesTests
{
    private static readonly string[] Product = ["devices", "edge", "cloud", "simulators", "deploy"];

    [Fact]
    public void No_type_is_called_manager_helper_util_or_processor()
    {
        var banned = Product.SelectMany(room => RepositoryFiles.Find("*.cs", room))
            .SelectMany(path => File.ReadLines(path).Select(line => (Path: path, Match: BannedType().Match(line))))
            .Where(found => found.Match.Success)
            .Select(found => $"{Path.GetRelativePath(ProgramFiles.Repository, found.Path)}: {found.Match.Groups["name"].Value}");
        Assert.Empty(banned);
    }

    [Theory]
    [InlineData("public sealed class UplinkManager(int x)", "UplinkManager")]
    [InlineData("internal static class FileUtils", "FileUtils")]
    [InlineData("    private readonly record struct HelperState", "HelperState")]
    [InlineData("public interface IProcessor", "IProcessor")]
    public void The_check_sees_banned_names(string line, string name) =>
        Assert.Equal(name, BannedType().Match(line).Groups["name"].Value);

    [Theory]
    [InlineData("public sealed class Utilisation")]
    [InlineData("/// a class that needs no Manager")]
    public void The_check_leaves_other_names_alone(string line) => Assert.DoesNotMatch(BannedType(), line);

    [GeneratedRegex(@"^(?!\s*//).*\b(class|record|struct|interface|enum)\s+(?<name>\w*(Manager|Helper|Util(s|ity|ities)?(?![a-z])|Processor)\w*)")]
    private static partial Regex BannedType();
}
