using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.DBus;

public sealed class BusObjectTreeTests
{
    [Fact]
    public async Task Objects_are_told_of_read_set_and_called()
    {
        await using var bus = await PrivateBus.StartAsync();
        var (server, client) = (await bus.ConnectAsync(), await bus.ConnectAsync());
        var signals = await client.SubscribeAsync([new SignalMatch { Sender = server.Name }], CancellationToken.None);
        var tree = new BusObjectTree(server, "/");
        var lamp = tree.Add("/lamp", new BusInterface("a.Lamp")
            .With("Colour", "red")
            .With("Level", (byte)3, level => (byte)level > 9 ? throw new BusException(BusError.InvalidArgs, "too bright") : default)
            .On("Blink", (call, _) => new(new BusReply("s", "blinked " + call.Body[0]))));

        Task<object[]> Call(string path, string @interface, string member, string signature, params object[] body) =>
            client.CallAsync(server.Name, path, @interface, member, signature, body, CancellationToken.None);

        var managed = (Dictionary<string, object>)(await Call("/", BusName.ObjectManager, "GetManagedObjects", ""))[0];
        var properties = (Dictionary<string, object>)((Dictionary<string, object>)managed["/lamp"])["a.Lamp"];
        Assert.Equal(("red", (byte)3), (properties["Colour"], properties["Level"]));
        Assert.Equal("blinked 2", (await Call("/lamp", "a.Lamp", "Blink", "i", 2))[0]);

        await Call("/lamp", BusName.Properties, "Set", "ssv", "a.Lamp", "Level", (byte)5);
        Assert.Equal((byte)5, (await Call("/lamp", BusName.Properties, "Get", "ss", "a.Lamp", "Level"))[0]);
        Assert.Equal(BusError.InvalidArgs, (await Assert.ThrowsAsync<BusException>(() => Call("/lamp", BusName.Properties, "Set", "ssv", "a.Lamp", "Level", (byte)10))).Name);
        Assert.Equal(BusError.PropertyReadOnly, (await Assert.ThrowsAsync<BusException>(() => Call("/lamp", BusName.Properties, "Set", "ssv", "a.Lamp", "Colour", "blue"))).Name);
        Assert.Equal(BusError.UnknownProperty, (await Assert.ThrowsAsync<BusException>(() => Call("/lamp", BusName.Properties, "Get", "ss", "a.Lamp", "None"))).Name);
        Assert.Equal(BusError.UnknownMethod, (await Assert.ThrowsAsync<BusException>(() => Call("/lamp", "a.Lamp", "None", ""))).Name);

        lamp.Set("a.Lamp", "Colour", "blue");
        lamp.Invalidate("a.Lamp", "Colour");
        tree.Remove("/lamp");
        tree.Remove("/lamp");
        Assert.Null(lamp.Get("a.Lamp", "Colour"));
        Assert.Equal(BusError.UnknownObject, (await Assert.ThrowsAsync<BusException>(() => Call("/lamp", "a.Lamp", "Blink", "i", 1))).Name);

        var told = new List<string>();
        while (signals.TryRead(out var signal))
        {
            told.Add(signal.Member + " " + string.Join(' ', signal.Body.Select(Tell)));
        }

        Assert.Equal(
            ["InterfacesAdded /lamp a.Lamp", "PropertiesChanged a.Lamp Level ", "PropertiesChanged a.Lamp Colour ", "PropertiesChanged a.Lamp  Colour", "InterfacesRemoved /lamp a.Lamp"],
            told);
    }

    private static string Tell(object value) => value switch
    {
        Dictionary<string, object> entries => string.Join(',', entries.Keys),
        string[] texts => string.Join(',', texts),
        _ => value.ToString()!,
    };
}
