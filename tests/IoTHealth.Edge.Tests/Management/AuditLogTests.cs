using System.Text.Json.Nodes;
using IoTHealth.Edge.Management;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Management;

public sealed class AuditLogTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_says_who_did_what_when_and_from_where_and_only_its_owner_reads_it()
    {
        new AuditLog(_folder.Path, _time).Write("nurse.sato", "POST /alarms/1/acknowledge", "done (204)", "192.168.1.7");
        var line = JsonNode.Parse(Assert.Single(File.ReadAllLines(_folder.File("audit.jsonl"))))!;
        Assert.Equal(
            ("2026-11-24T03:00:00Z", "nurse.sato", "POST /alarms/1/acknowledge", "192.168.1.7", "done (204)"),
            ((string?)line["at"], (string?)line["who"], (string?)line["what"], (string?)line["from"], (string?)line["outcome"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("audit.jsonl")));
    }

    [Fact]
    public void It_is_only_added_to_and_a_full_file_is_set_aside_whole()
    {
        var log = new AuditLog(_folder.Path, _time, fileBytes: 1_000);
        for (var i = 0; i < 100; i++)
        {
            log.Write("box", $"act {i}", "done");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var files = Directory.GetFiles(_folder.Path, "audit-*.jsonl").Order(StringComparer.Ordinal).Append(_folder.File("audit.jsonl")).ToList();
        Assert.True(files.Count > 5, $"{files.Count} files");
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 1_200));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"act {i}"), files.SelectMany(File.ReadAllLines).Select(line => (string?)JsonNode.Parse(line)!["what"]));
    }

    [Fact]
    public void Only_the_newest_set_aside_are_kept()
    {
        var log = new AuditLog(_folder.Path, _time, fileBytes: 1);
        for (var i = 0; i < 30; i++)
        {
            log.Write("box", $"act {i}", "done");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(20, Directory.GetFiles(_folder.Path, "audit-*.jsonl").Length);
        Assert.Contains("act 29", File.ReadAllText(_folder.File("audit.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_programs_that_write_at_once_keep_each_others_lines()
    {
        var logs = new[] { new AuditLog(_folder.Path, _time), new AuditLog(_folder.Path, _time) };
        await Task.WhenAll(logs.Select((log, program) => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                log.Write("box", $"{program}/{i}", "done");
            }
        })));
        var acts = File.ReadAllLines(_folder.File("audit.jsonl")).Select(line => (string?)JsonNode.Parse(line)!["what"]).ToHashSet();
        Assert.Equal(200, acts.Count);
    }

    [Fact]
    public void A_folder_that_takes_no_line_is_told_and_stops_nobody()
    {
        var log = new AuditLog(_folder.File("missing"), _time);
        log.Write("box", "act", "done");
        Assert.NotNull(log.Trouble);
        Directory.CreateDirectory(_folder.File("missing"));
        log.Write("box", "act", "done");
        Assert.Null(log.Trouble);
    }
}
