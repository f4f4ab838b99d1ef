using IoTHealth.Links.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Links;

public sealed class ClosingLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _logger = new();

    [Fact]
    public void A_client_is_told_of_once_a_minute_with_what_was_left_out()
    {
        var log = new ClosingLog(_logger, _time);
        for (var i = 0; i < 5; i++)
        {
            log.Closed("a", "e", "bad");
            log.Refused("b", "e", "worse");
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        log.Closed("a", "e", "bad");
        Assert.Equal(3, _logger.Lines.Count);
        Assert.EndsWith("(and 4 times before that were not told)", _logger.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Many_names_do_not_fill_the_log()
    {
        var log = new ClosingLog(_logger, _time);
        for (var i = 0; i < 5_000; i++)
        {
            log.Refused($"name {i}", "e", "bad");
        }

        Assert.InRange(_logger.Lines.Count, 1_000, 1_001);
        _time.Advance(TimeSpan.FromMinutes(2));
        log.Refused("a new one", "e", "bad");
        Assert.Contains("a new one", _logger.Lines[^1], StringComparison.Ordinal);
    }
}
