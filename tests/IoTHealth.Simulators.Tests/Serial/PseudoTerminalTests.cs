using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.Tests.Serial;

public sealed class PseudoTerminalTests : IDisposable
{
    private readonly PseudoTerminal _terminal = PseudoTerminal.Create();
    private readonly byte[] _buffer = new byte[64];

    [Fact]
    public void It_knows_whether_a_host_is_there()
    {
        Assert.False(_terminal.IsOpened);
        var host = Open();
        Assert.True(_terminal.IsOpened);
        _ = Libc.Close(host);
        Assert.False(_terminal.IsOpened);
    }

    [Fact]
    public void Bytes_pass_both_ways_unchanged_and_without_echo()
    {
        var host = Open();
        byte[] every = [0x02, 0x03, 0x04, 0x0A, 0x0D, 0x11, 0x13, 0x7F, 0xFF];
        _terminal.Write(every);
        Assert.Equal(every, Hear(host));
        Libc.Write(host, every);
        Assert.Equal(every, _buffer[.._terminal.Read(_buffer, 1000)]);
        Assert.Equal(0, _terminal.Read(_buffer, 0));
        _ = Libc.Close(host);
    }

    [Fact]
    public void Nothing_is_kept_for_a_host_that_is_not_there()
    {
        _terminal.Write("early"u8);
        var host = Open();
        _terminal.Write("unread"u8);
        Assert.NotEqual(0, Wait(host));
        _ = Libc.Close(host);
        Assert.True(_terminal.TryDropUnread());
        _terminal.Write("late"u8);
        host = Open();
        _terminal.Write("now"u8);
        Assert.Equal("now"u8, Hear(host));
        _ = Libc.Close(host);
    }

    [Fact]
    public void A_host_sees_it_hang_up()
    {
        var host = Open();
        _terminal.Dispose();
        Assert.NotEqual(0, Wait(host) & Libc.PollHangUp);
        _ = Libc.Close(host);
    }

    public void Dispose() => _terminal.Dispose();

    private static short Wait(int host)
    {
        var poll = new Libc.PollDescriptor { Descriptor = host, Events = Libc.PollIn };
        return Libc.Poll(ref poll, 1, 1000) > 0 ? poll.Revents : (short)0;
    }

    private int Open() => Libc.Check(Libc.Open(_terminal.Path, Libc.ReadWrite | Libc.NoControllingTty | Libc.CloseOnExec | Libc.NonBlocking), "open");

    private byte[] Hear(int host)
    {
        Wait(host);
        return _buffer[..Libc.Read(host, _buffer)];
    }
}
