using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.DBus;

public sealed class BusConnectionTests
{
    private const string Service = "org.example.Service";

    [Fact]
    public async Task Values_pass_a_real_bus_in_both_directions()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        server.Export("/echo", new Answering(call => new BusReply(call.Signature, call.Body)));
        await server.RequestNameAsync(Service, CancellationToken.None);

        object[] values = [(byte)1, true, -2, 3UL, 2.5, "日本語", new ObjectPath("/a/b"), new byte[1_000_000], new[] { "x" }, new Dictionary<string, object> { ["k"] = (ushort)9 }, new object[] { 1, "s" }];
        var answer = await client.CallAsync(Service, "/echo", "a.b", "Echo", "ybitdsoayasa{sv}(is)", values, CancellationToken.None);

        Assert.True(Values.Same(values, answer));
    }

    [Fact]
    public async Task Errors_come_with_their_name()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        server.Export("/known", new Answering(_ => throw new BusException("org.example.Error.Busy", "later")));
        server.Export("/broken", new Answering(_ => throw new InvalidOperationException("a mistake")));
        server.Export("/lying", new Answering(_ => new BusReply("i", "no number")));

        async Task<BusException> Error(string path) =>
            await Assert.ThrowsAsync<BusException>(() => client.CallAsync(server.Name, path, "a.b", "C", CancellationToken.None));

        var busy = await Error("/known");
        Assert.Equal(("org.example.Error.Busy", "later"), (busy.Name, busy.Message));
        Assert.Equal(BusError.Failed, (await Error("/broken")).Name);
        Assert.Equal(BusError.Failed, (await Error("/lying")).Name);
        Assert.Equal(BusError.UnknownObject, (await Error("/nowhere")).Name);
        await Assert.ThrowsAsync<IOException>(() => NameTwiceAsync(server, client));
    }

    [Fact]
    public async Task Calls_are_answered_in_whatever_order()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        var second = new TaskCompletionSource();
        server.Export("/first", new Answering(async (_, _) =>
        {
            await second.Task;
            return BusReply.Empty;
        }));
        server.Export("/second", new Answering(_ => BusReply.Empty));

        var first = client.CallAsync(server.Name, "/first", "a.b", "C", CancellationToken.None);
        await client.CallAsync(server.Name, "/second", "a.b", "C", CancellationToken.None).WaitAsync(PrivateBus.Patience);
        Assert.False(first.IsCompleted);
        second.SetResult();
        await first.WaitAsync(PrivateBus.Patience);
    }

    [Fact]
    public async Task Ten_thousand_signals_keep_their_order()
    {
        const int Count = 10_000;
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        await server.RequestNameAsync(Service, CancellationToken.None);
        var signals = await client.SubscribeAsync([new SignalMatch { Sender = Service }], CancellationToken.None);

        var sending = Task.Run(() =>
        {
            for (var number = 0; number < Count; number++)
            {
                server.Emit(number % 2 == 0 ? "/even" : "/odd", "a.b", "Number", "i", number);
            }
        });
        for (var expected = 0; expected < Count; expected++)
        {
            var signal = await signals.ReadAsync().AsTask().WaitAsync(PrivateBus.Patience);
            Assert.Equal(expected, (int)signal.Body[0]);
        }

        await sending;
    }

    [Fact]
    public async Task Signals_of_a_stranger_are_not_taken_for_the_owner_s()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (owner, stranger, client) = (await bus.ConnectAsync(), await bus.ConnectAsync(), await bus.ConnectAsync());
        await owner.RequestNameAsync(Service, CancellationToken.None);
        var signals = await client.SubscribeAsync([new SignalMatch { Sender = Service, Interface = "a.b" }], CancellationToken.None);
        // The second subscription lets the stranger's signals through the bus.
        await client.SubscribeAsync([new SignalMatch { Interface = "a.b" }], CancellationToken.None);

        stranger.Emit("/a", "a.b", "C", "s", "stranger");
        await stranger.CallAsync(BusName.Bus, BusName.BusPath, BusName.Bus, "GetId", CancellationToken.None);
        owner.Emit("/a", "a.b", "C", "s", "owner");
        Assert.Equal("owner", (await signals.ReadAsync().AsTask().WaitAsync(PrivateBus.Patience)).Body[0]);

        // The name goes to the stranger: from then on it is the owner.
        await owner.ReleaseNameAsync(Service, CancellationToken.None);
        await stranger.RequestNameAsync(Service, CancellationToken.None);
        owner.Emit("/a", "a.b", "C", "s", "former owner");
        await owner.CallAsync(BusName.Bus, BusName.BusPath, BusName.Bus, "GetId", CancellationToken.None);
        stranger.Emit("/a", "a.b", "C", "s", "new owner");
        Assert.Equal("new owner", (await signals.ReadAsync().AsTask().WaitAsync(PrivateBus.Patience)).Body[0]);
    }

    [Fact]
    public async Task A_bus_that_goes_away_ends_everything()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        var called = new TaskCompletionSource();
        server.Export("/slow", new Answering(async (_, cancellation) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return BusReply.Empty;
        }));
        var signals = await client.SubscribeAsync([new SignalMatch { Interface = "a.b" }], CancellationToken.None);
        var call = client.CallAsync(server.Name, "/slow", "a.b", "C", CancellationToken.None);
        await called.Task.WaitAsync(PrivateBus.Patience);

        await bus.Daemon.StopAsync();

        await Assert.ThrowsAsync<IOException>(() => call.WaitAsync(PrivateBus.Patience));
        await Assert.ThrowsAsync<IOException>(async () => await signals.WaitToReadAsync().AsTask().WaitAsync(PrivateBus.Patience));
        Assert.NotEmpty(await client.Closed.WaitAsync(PrivateBus.Patience));
        await Assert.ThrowsAsync<IOException>(() => client.CallAsync(server.Name, "/slow", "a.b", "C", CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(bus.ConnectAsync);
    }

    [Fact]
    public async Task Cancelling_abandons_the_wait_and_the_connection_goes_on()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        var answer = new TaskCompletionSource<BusReply>();
        server.Export("/slow", new Answering(async (_, _) => await answer.Task));
        using var cancelled = new CancellationTokenSource();
        var call = client.CallAsync(server.Name, "/slow", "a.b", "C", cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(PrivateBus.Patience));
        answer.SetResult(new BusReply("s", "too late"));
        Assert.Equal("here", (await client.CallAsync(server.Name, "/slow", BusName.Peer, "Ping", CancellationToken.None)).Append("here").Last());
    }

    [Theory]
    [InlineData("tcp:host=localhost")]
    [InlineData("unix:path=")]
    [InlineData("")]
    public async Task An_address_that_is_none_is_said_so(string address) =>
        await Assert.ThrowsAsync<FormatException>(() => BusConnection.OpenAsync(address, CancellationToken.None));

    private static async Task NameTwiceAsync(BusConnection one, BusConnection other)
    {
        await one.RequestNameAsync(Service, CancellationToken.None);
        await one.RequestNameAsync(Service, CancellationToken.None);
        await other.RequestNameAsync(Service, CancellationToken.None);
    }
}
