namespace IoTHealth.Links.DBus;

/// <summary>An object of a <see cref="BusObjectTree"/>.</summary>
public sealed class BusNode
{
    private readonly BusConnection _bus;
    private readonly Dictionary<string, BusInterface> _interfaces;
    private readonly Lock _changing = new();

    internal BusNode(BusConnection bus, string path, IEnumerable<BusInterface> interfaces)
    {
        (_bus, Path) = (bus, path);
        _interfaces = interfaces.ToDictionary(one => one.Name);
    }

    public string Path { get; }

    internal IEnumerable<string> Interfaces => _interfaces.Keys;

    /// <summary>A property's value; null where there is none.</summary>
    public object? Get(string @interface, string property) => _interfaces.GetValueOrDefault(@interface)?.Get(property);

    /// <summary>Keeps a value and tells it with PropertiesChanged, also where it is the same as before.</summary>
    /// <exception cref="ArgumentException">The object has no such interface.</exception>
    /// <exception cref="IOException">The bus is gone.</exception>
    public void Set(string @interface, string property, object value) =>
        Change(@interface, property, value, new Dictionary<string, object> { [property] = value }, []);

    /// <summary>Drops a property and tells it with PropertiesChanged among the invalidated.</summary>
    /// <exception cref="ArgumentException">The object has no such interface.</exception>
    /// <exception cref="IOException">The bus is gone.</exception>
    public void Invalidate(string @interface, string property) => Change(@interface, property, null, [], [property]);

    /// <summary>Interfaces with their properties, as ObjectManager tells them.</summary>
    internal Dictionary<string, object> Describe() => _interfaces.ToDictionary(one => one.Key, one => (object)one.Value.Properties());

    internal async ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation)
    {
        if (call.Interface == BusName.Properties)
        {
            return call.Member switch
            {
                "Get" => new("v", Value((string)call.Body[0], (string)call.Body[1])),
                "GetAll" => new("a{sv}", Find((string)call.Body[0]).Properties()),
                "Set" => await SetAsync((string)call.Body[0], (string)call.Body[1], call.Body[2]),
                _ => throw Unknown(call),
            };
        }

        var handlers = call.Interface.Length > 0 ? [Find(call.Interface)] : _interfaces.Values.ToArray();
        var handler = handlers.Select(one => one.Method(call.Member)).FirstOrDefault(found => found is not null);
        return handler is not null ? await handler(call, cancellation) : throw Unknown(call);
    }

    // What is told has the order of what is kept.
    private void Change(string @interface, string property, object? value, Dictionary<string, object> changed, string[] invalidated)
    {
        var target = _interfaces.GetValueOrDefault(@interface) ?? throw new ArgumentException($"{Path} has no {@interface}", nameof(@interface));
        lock (_changing)
        {
            target.Set(property, value);
            _bus.Emit(Path, BusName.Properties, "PropertiesChanged", "sa{sv}as", @interface, changed, invalidated);
        }
    }

    private async ValueTask<BusReply> SetAsync(string @interface, string property, object value)
    {
        Value(@interface, property);
        var set = Find(@interface).Setter(property) ?? throw new BusException(BusError.PropertyReadOnly, property);
        await set(value);
        Set(@interface, property, value);
        return BusReply.Empty;
    }

    private object Value(string @interface, string property) =>
        Find(@interface).Get(property) ?? throw new BusException(BusError.UnknownProperty, property);

    private BusInterface Find(string @interface) =>
        _interfaces.GetValueOrDefault(@interface) ?? throw new BusException(BusError.UnknownMethod, $"{Path} has no {@interface}");

    private static BusException Unknown(BusMessage call) => new(BusError.UnknownMethod, $"{call.Interface}.{call.Member}");
}
