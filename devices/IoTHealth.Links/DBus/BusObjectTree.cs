namespace IoTHealth.Links.DBus;

/// <summary>
/// Exported objects below a root that tells of them. D-Bus Specification, "org.freedesktop.DBus.ObjectManager" and
/// "org.freedesktop.DBus.Properties".
/// </summary>
public sealed class BusObjectTree
{
    private readonly BusConnection _bus;
    private readonly string _root;
    private readonly Dictionary<string, BusNode> _nodes = [];

    /// <param name="bus">Where the objects are exported.</param>
    /// <param name="root">Path of the object that has the ObjectManager; it may also be a node.</param>
    /// <exception cref="ArgumentException">The path is none, or taken.</exception>
    public BusObjectTree(BusConnection bus, string root)
    {
        (_bus, _root) = (bus, root);
        bus.Export(root, new Door(this));
    }

    /// <summary>Adds an object and tells of it with InterfacesAdded.</summary>
    /// <exception cref="ArgumentException">The path is none, or taken.</exception>
    /// <exception cref="IOException">The bus is gone.</exception>
    public BusNode Add(string path, params BusInterface[] interfaces)
    {
        var node = new BusNode(_bus, path, interfaces);
        lock (_nodes)
        {
            if (path != _root)
            {
                _bus.Export(path, new Door(this));
            }

            _nodes.Add(path, node);
            _bus.Emit(_root, BusName.ObjectManager, "InterfacesAdded", "oa{sa{sv}}", new ObjectPath(path), node.Describe());
        }

        return node;
    }

    /// <summary>Removes an object and tells of it with InterfacesRemoved; nothing happens where there is none.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public void Remove(string path)
    {
        lock (_nodes)
        {
            if (!_nodes.Remove(path, out var node))
            {
                return;
            }

            if (path != _root)
            {
                _bus.Unexport(path);
            }

            _bus.Emit(_root, BusName.ObjectManager, "InterfacesRemoved", "oas", new ObjectPath(path), node.Interfaces.ToArray());
        }
    }

    /// <summary>The object at a path; null where there is none.</summary>
    public BusNode? Find(string path)
    {
        lock (_nodes)
        {
            return _nodes.GetValueOrDefault(path);
        }
    }

    private BusReply Managed()
    {
        lock (_nodes)
        {
            return new("a{oa{sa{sv}}}", _nodes.ToDictionary(one => one.Key, one => (object)one.Value.Describe()));
        }
    }

    private sealed class Door(BusObjectTree tree) : IBusObject
    {
        public ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation)
        {
            if (call is { Interface: BusName.ObjectManager, Member: "GetManagedObjects" } && call.Path == tree._root)
            {
                return new(tree.Managed());
            }

            var node = tree.Find(call.Path) ?? throw new BusException(BusError.UnknownObject, $"no object at {call.Path}");
            return node.CallAsync(call, cancellation);
        }
    }
}
