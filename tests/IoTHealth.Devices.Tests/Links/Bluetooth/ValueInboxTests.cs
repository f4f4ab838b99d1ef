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
        // It has been told; what was kept is not held back for it.
        Assert.Equal(ValueInbox.Capacity, inbox.Subscribe(Wanted).Count);
    }

    [Fact]
    public void Early_values_come_after_the_end_as_well_and_then_the_end()
    {
        var inbox = new ValueInbox();
        inbox.Add("/a", [1]);
        inbox.End(new IOException("gone"));
        inbox.Add("/a", [2]);
        var values = inbox.Subscribe(Wanted);
        Assert.True(values.TryRead(out var first) && values.TryRead(out var second) && (first.Value.Span[0], second.Value.Span[0]) == (1, 2));
        Assert.IsType<IOException>(values.Completion.Exception?.InnerException);
        Assert.Equal("gone", Assert.Throws<IOException>(() => inbox.Subscribe(Wanted)).Message);
    }

    [Fact]
    public void What_a_subscription_did_not_read_is_there_for_the_next_one_in_order()
    {
        var inbox = new ValueInbox();
        inbox.Add("/a", [1]);
        var values = inbox.Subscribe(Wanted);
        inbox.Add("/a", [2]);
        inbox.Unsubscribe(values, Wanted);
        inbox.Add("/a", [3]);
        inbox.End(new IOException("gone"));
        inbox.Begin();
        inbox.Add("/a", [4]);
        var again = inbox.Subscribe(Wanted);
        for (byte expected = 1; expected <= 4; expected++)
        {
            Assert.True(again.TryRead(out var value));
            Assert.Equal([expected], value.Value.ToArray());
        }
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
