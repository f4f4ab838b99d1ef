using System.Net.Sockets;
using CsCheck;
using IoTHealth.Links.DBus;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links.DBus;

/// <summary>A bus that lets one in and then sends anything: the connection ends, and what waited for it.</summary>
public sealed class HostileBusTests
{
    [Theory]
    [InlineData("00")]
    [InlineData("6C040102 00000000 01000000 00000000")]
    [InlineData("6C020101 FFFFFFFF 01000000 00000000")]
    [InlineData("6C020101 00000000 01000000 FFFFFFFF")]
    [InlineData("6C020101 00000000 00000000 00000000")]
    [InlineData("6C000101 00000000 01000000 00000000")]
    [InlineData("6C020101 00000000 01000000 00000000")]
    [InlineData("6C020101 00000000 01000000 08000000 05016900 01000000")]
    public async Task Bytes_that_are_no_message_end_it(string hex)
    {
        // Enough after it for whatever length the beginning announces.
        byte[] bytes = [.. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), .. new byte[64]];
        await EndsAsync(bytes);
    }

    [Fact]
    public Task Any_garbage_ends_it() => Gen.Byte.Array[100, 400].SampleAsync(EndsAsync, iter: 50, threads: 1);

    [Fact]
    public async Task An_authentication_that_never_ends_is_given_up()
    {
        using var folder = new TestFolder("hostile");
        using var listener = Listen(folder);
        var opening = BusConnection.OpenAsync("unix:path=" + folder.File("bus"), CancellationToken.None);
        using var peer = await listener.AcceptAsync();
        await peer.SendAsync(Enumerable.Repeat((byte)'A', 100_000).ToArray());
        await Assert.ThrowsAnyAsync<IOException>(() => opening.WaitAsync(PrivateBus.Patience));
    }

    [Fact]
    public async Task A_bus_that_refuses_is_told_with_its_words()
    {
        using var folder = new TestFolder("hostile");
        using var listener = Listen(folder);
        var opening = BusConnection.OpenAsync("unix:path=" + folder.File("bus"), CancellationToken.None);
        using var peer = await listener.AcceptAsync();
        await peer.SendAsync("REJECTED EXTERNAL\r\n"u8.ToArray());
        Assert.Contains("REJECTED EXTERNAL", (await Assert.ThrowsAsync<IOException>(() => opening.WaitAsync(PrivateBus.Patience))).Message, StringComparison.Ordinal);
    }

    private static async Task EndsAsync(byte[] bytes)
    {
        using var folder = new TestFolder("hostile");
        using var listener = Listen(folder);
        var opening = BusConnection.OpenAsync("unix:path=" + folder.File("bus"), CancellationToken.None);
        using var peer = await listener.AcceptAsync();
        await peer.SendAsync("DATA\r\nOK 0123456789abcdef\r\n"u8.ToArray());
        await peer.SendAsync(bytes);
        await Assert.ThrowsAnyAsync<IOException>(() => opening.WaitAsync(PrivateBus.Patience));
    }

    private static Socket Listen(TestFolder folder)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("bus")));
        listener.Listen();
        return listener;
    }
}
