using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.GlucoseMeter;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.GlucoseMeter;

/// <summary>The whole meter over real pseudo-terminals.</summary>
public sealed class MeterOnPseudoTerminalTests : IDisposable
{
    private const byte Ack = 0x06;
    private const byte Nak = 0x15;
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("enq")]
    [InlineData("header")]
    public async Task A_memory_arrives_as_the_account_says_and_all_is_acknowledged(string attach)
    {
        await using var meter = Start("--records", "150", "--attach", attach);
        await using var receiver = new Receiver(await meter.ReadyAsync());
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.True(await meter.EndAsync() == 0, meter.Error);

        Assert.Equal(attach == "enq" ? "ENQ" : "EOT", receiver.Heard[0]);
        Assert.StartsWith(@"H|\^&||", upload[0], StringComparison.Ordinal);
        Assert.Contains("|150||", upload[0], StringComparison.Ordinal);
        Assert.Equal("P|1", upload[1]);
        Assert.Equal("L|1||N", upload[^1]);
        Assert.Equal(Events("memory").Select(AsRecord), upload[2..^1].Select(WithoutMarkers));
        Assert.Equal(Enumerable.Range(1, 150), Events("acked").Select(Index));
        Assert.Equal([1], Events("uploaded").Select(line => line.GetProperty("upload").GetInt32()));
        Assert.Contains("uploads 1 of 1, frames 153, repeated 0, uploads given up 0, unplugged 0", meter.Output, StringComparison.Ordinal);
        Assert.False(Path.Exists(_folder["meter"]));
    }

    [Fact]
    public async Task The_same_meter_uploads_the_same_memory_twice_and_after_a_restart()
    {
        string[][] uploads;
        await using (var meter = Start("--records", "40", "--uploads", "2", "--unit", "mmol"))
        {
            await using var receiver = new Receiver(await meter.ReadyAsync());
            uploads = await receiver.UploadsAsync(2);
            Assert.Equal(0, await meter.EndAsync());
        }

        await using var again = Start("--records", "40", "--unit", "mmol");
        await using var anew = new Receiver(await again.ReadyAsync());
        var third = (await anew.UploadsAsync(1))[0];
        Assert.Equal(0, await again.EndAsync());
        Assert.Equal(uploads[0][1..], uploads[1][1..]);
        Assert.Equal(uploads[0][1..], third[1..]);
        Assert.Equal(40, Events("memory").Length);
        Assert.Equal([1, 2, 3], Events("uploaded").Select(line => line.GetProperty("upload").GetInt32()));
    }

    [Fact]
    public async Task A_refused_frame_comes_again_with_the_same_number()
    {
        await using var meter = Start("--records", "30");
        await using var receiver = new Receiver(
            await meter.ReadyAsync(), (proper, heard) => heard.Count % 3 == 0 && heard[^1] != heard[^2] && heard[^1] != "ENQ" ? Nak : proper);
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(33, upload.Length);
        var repeats = receiver.Heard.Zip(receiver.Heard.Skip(1)).Count(pair => pair.First == pair.Second);
        Assert.InRange(repeats, 8, 33);
    }

    [Fact]
    public async Task Silence_brings_the_frame_again()
    {
        await using var meter = Start("--records", "10", "--answer-within", "200ms");
        await using var receiver = new Receiver(
            await meter.ReadyAsync(), (proper, heard) => heard[^1].Contains("R|3|", StringComparison.Ordinal) && heard.Count(h => h == heard[^1]) < 4 ? (byte)0 : proper);
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(13, upload.Length);
        Assert.Equal(4, receiver.Heard.Count(heard => heard.Contains("R|3|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Six_refusals_end_the_message_and_the_upload_begins_anew()
    {
        await using var meter = Start("--records", "10");
        await using var receiver = new Receiver(
            await meter.ReadyAsync(), (proper, heard) => heard[^1].Contains("R|5|", StringComparison.Ordinal) && heard.Count(h => h == heard[^1]) <= 6 ? Nak : proper);
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(13, upload.Length);
        var heard = receiver.Heard;
        var first = Array.FindIndex(heard, h => h.Contains("R|5|", StringComparison.Ordinal));
        Assert.All(heard[first..(first + 6)], h => Assert.Equal(heard[first], h));
        Assert.Equal(["EOT", "ENQ"], heard[(first + 6)..(first + 8)]);
        Assert.StartsWith("1H|", heard[first + 8], StringComparison.Ordinal);
        Assert.Contains("uploads given up 1", meter.Output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Events("acked").Select(Index));
    }

    [Theory]
    [InlineData("enq", "ENQ")]
    [InlineData("header", "1H|")]
    public async Task It_tries_to_attach_until_somebody_answers(string attach, string call)
    {
        await using var meter = Start("--records", "3", "--attach", attach, "--answer-within", "100ms");
        await using var receiver = new Receiver(await meter.ReadyAsync(), (proper, heard) => heard.Count(h => h.StartsWith(call, StringComparison.Ordinal)) < 9 ? (byte)0 : proper);
        await receiver.UploadsAsync(1);
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(9, receiver.Heard.Count(h => h.StartsWith(call, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_busy_host_is_asked_again_later()
    {
        await using var meter = Start("--records", "3", "--answer-within", "200ms");
        await using var receiver = new Receiver(await meter.ReadyAsync(), (proper, heard) => heard[^1] == "ENQ" && heard.Count < 3 ? Nak : proper);
        await receiver.UploadsAsync(1);
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(["ENQ", "ENQ", "ENQ"], receiver.Heard[..3]);
    }

    [Fact]
    public async Task Chaos_costs_repeats_and_nothing_else()
    {
        await using var meter = Start(
            "--records", "120", "--answer-within", "300ms", "--chaos", "corrupt=0.1,duplicate=0.1,garbage=0.1,pause=0.01", "--attach", "header");
        await using var receiver = new Receiver(await meter.ReadyAsync());
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.True(await meter.EndAsync() == 0, meter.Error);
        Assert.Equal(Events("memory").Select(AsRecord), upload[2..^1].Select(WithoutMarkers));
        Assert.Contains("?", receiver.Heard);
        Assert.Contains(receiver.Heard.Zip(receiver.Heard.Skip(1)), pair => pair.First == pair.Second && pair.First != "?");
    }

    [Fact]
    public async Task A_pulled_plug_hangs_up_and_the_whole_memory_comes_on_the_same_path()
    {
        await using var meter = Start("--records", "50", "--chaos", "unplug-after=20");
        await using var receiver = new Receiver(await meter.ReadyAsync());
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.True(await meter.EndAsync() == 0, meter.Error);
        Assert.Equal(53, upload.Length);
        Assert.Equal(2, receiver.Heard.Count(heard => heard == "ENQ"));
        Assert.Contains("unplugged 1", meter.Output, StringComparison.Ordinal);
        Assert.Equal([.. Enumerable.Range(1, 18), .. Enumerable.Range(1, 50)], Events("acked").Select(Index));
    }

    [Fact]
    public async Task A_host_that_comes_into_the_middle_of_a_message_gets_the_whole_one_after_it()
    {
        await using var meter = Start("--records", "60", "--answer-within", "100ms");
        var path = await meter.ReadyAsync();
        await using (var deaf = new Receiver(path, (proper, heard) => heard.Count > 20 ? (byte)0 : proper))
        {
            while (deaf.Heard.Length < 22)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }

        await using var receiver = new Receiver(path);
        var upload = (await receiver.UploadsAsync(1))[0];
        Assert.Equal(0, await meter.EndAsync());
        Assert.Equal(63, upload.Length);
    }

    [Fact]
    public async Task Bytes_travel_no_faster_than_the_line()
    {
        await using var meter = Start("--records", "20", "--baud", "19200");
        var path = await meter.ReadyAsync();
        var begun = TimeProvider.System.GetTimestamp();
        await using var receiver = new Receiver(path);
        var upload = (await receiver.UploadsAsync(1))[0];
        var bytes = upload.Sum(record => record.Length + 8);
        Assert.True(TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(bytes / 1920.0));
    }

    [Fact]
    public async Task Without_a_host_it_ends_in_time_and_says_so()
    {
        await using var meter = Start("--records", "5", "--for", "300ms");
        await meter.ReadyAsync();
        Assert.True(Path.Exists(_folder["meter"]));
        Assert.Equal(3, await meter.EndAsync());
        Assert.Contains("uploads 0 of 1, frames 0", meter.Output, StringComparison.Ordinal);
        Assert.Empty(Events("acked"));
        Assert.Equal(5, Events("memory").Length);
        Assert.False(Path.Exists(_folder["meter"]));
    }

    [Fact]
    public async Task A_stop_in_the_middle_leaves_no_link()
    {
        await using var meter = Start("--records", "200", "--baud", "9600");
        await using var receiver = new Receiver(await meter.ReadyAsync());
        while (receiver.Heard.Length < 10)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, await meter.StopAsync());
        Assert.False(Path.Exists(_folder["meter"]));
    }

    [Fact]
    public async Task A_link_of_a_killed_run_is_replaced_and_a_file_is_not()
    {
        File.CreateSymbolicLink(_folder["meter"], "/dev/pts/nowhere");
        await using (var meter = Start("--records", "5", "--for", "100ms"))
        {
            Assert.Equal(_folder["meter"], await meter.ReadyAsync());
            Assert.Equal(3, await meter.EndAsync());
        }

        _folder.Write("meter", "precious");
        var (code, _, error) = await RunningCommand.RunAsync(Arguments("--records", "5"));
        Assert.Equal(2, code);
        Assert.Contains(_folder["meter"], error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_folder["meter"]));
    }

    [Fact]
    public async Task An_account_of_another_memory_is_not_gone_on_with()
    {
        await RunningCommand.RunAsync(Arguments("--records", "5", "--for", "50ms"));
        var (code, _, error) = await RunningCommand.RunAsync(Arguments("--records", "5", "--seed", "2", "--for", "50ms"));
        Assert.Equal(2, code);
        Assert.Contains("C-0001.meter.jsonl: tells of another memory", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--now tomorrow", "tomorrow")]
    [InlineData("--zone Mars/Olympus", "Mars/Olympus")]
    [InlineData("--unit g", "g")]
    [InlineData("--attach never", "never")]
    [InlineData("--clock-skew 3", "'3'")]
    [InlineData("--serial a/b", "a/b")]
    [InlineData("--serial a|b", "a|b")]
    [InlineData("--model a|b", "a|b")]
    [InlineData("--chaos drop=1", "drop=1")]
    [InlineData("--records 0", "between 1 and 2000")]
    public async Task Bad_usage_is_2_and_says_what(string more, string said)
    {
        var (code, _, error) = await RunningCommand.RunAsync(Arguments(more.Split(' ')));
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plug_that_nobody_finds_again_is_refused() =>
        Assert.Equal(2, (await RunningCommand.RunAsync("glucose-meter", "--out", _folder["out"], "--chaos", "unplug-after=3")).Code);

    [Theory]
    [InlineData("corrupt=2")]
    [InlineData("pause")]
    [InlineData("unplug-after=0.5")]
    [InlineData("drop=0.1")]
    public void Chaos_that_is_none_is_refused(string text) => Assert.Throws<UsageException>(() => MeterChaos.Parse(text));

    [Fact]
    public void Chaos_is_read() => Assert.Equal(
        new MeterChaos(0.01, 0.02, 0.03, 1, 7), MeterChaos.Parse("corrupt=0.01, duplicate=0.02,garbage=0.03,pause=1,unplug-after=7"));

    public void Dispose() => _folder.Dispose();

    private static string AsRecord(JsonElement memory) =>
        $"R|{Index(memory)}|^^^Glucose|{memory.GetProperty("value").GetString()}|{memory.GetProperty("unit").GetString()}^P|"
        + $"{(memory.GetProperty("control").GetBoolean() ? "control" : memory.GetProperty("outOfRange").GetString())}"
        + $"|{memory.GetProperty("time").GetString()![..16].Replace("-", "", StringComparison.Ordinal).Replace("T", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal)}";

    // Only those markers that the account tells of.
    private static string WithoutMarkers(string record)
    {
        var fields = record.Split('|');
        var markers = fields[6].Split('/');
        var told = markers.Contains("C") ? "control" : markers.Contains(">") ? "high" : markers.Contains("<") ? "low" : "";
        return string.Join('|', [.. fields[..5], told, fields[8]]);
    }

    private static int Index(JsonElement line) => line.GetProperty("index").GetInt32();

    private RunningCommand Start(params string[] more) => RunningCommand.Start(Arguments(more));

    private string[] Arguments(params string[] more) =>
    [
        "glucose-meter", "--out", _folder["out"], "--link", _folder["meter"], "--rest", "100ms",
        .. Unless("--baud", "0", more), .. Unless("--now", "2026-11-23T12:00", more), .. more,
    ];

    private static string[] Unless(string option, string value, string[] given) => given.Contains(option) ? [] : [option, value];

    private JsonElement[] Events(string what) =>
        [.. SentLines.Of(_folder["out/C-0001.meter.jsonl"]).Where(line => line.GetProperty("event").GetString() == what)];
}
