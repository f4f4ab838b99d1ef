using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

public sealed class ValueInboxTests
{
    private static readonly Dictionary<string, Guid> Wanted = new() { ["/a"] = CentralRoom.Pressure };

    [Fact]
    public void A_reader_that_falls_too_far_behind_is_noticed_and_loses_nothing_of_what_was_kept()
    {
        var inbox = new ValueInbox();
        var values = inbox.Subscribe(Wanted);
        for (var number = 0; number < ValueInbox.Capacity; number++)
        {
            Assert.True(inbox.Add("/a", BitConverter.GetBytes(number)));
        }

        Assert.False(inbox.Add("/a", [1]));
        inbox.End(new IOException("too many"));
        for (var number = 0; number < ValueInbox.Capacity; number++)
        {
            Assert.True(values.TryRead(out var value));
            Assert.Equal(number, BitConverter.ToInt32(value.Value.Span));
        }

        Assert.IsType<IOException>(values.Completion.Exception?.InnerException);
    }

    [Fact]
    public void Early_values_that_could_not_be_kept_are_not_passed_over()
    {
        var inbox = new ValueInbox();
        for (var number = 0; number <= ValueInbox.Capacity; number++)
        {
            Assert.True(inbox.Add("/a", [1]));
        }

        Assert.Throws<IOException>(() => inbox.Subscribe(Wanted));
    }

    [Fact]
    public void What_a_read_tells_is_no_indication()
    {
        var inbox = new ValueInbox();
        inbox.Reads("/a");
        inbox.Add("/a", [1]);
        inbox.Add("/b", [2]);
        Assert.False(inbox.Subscribe(Wanted).TryRead(out _));
    }
}
