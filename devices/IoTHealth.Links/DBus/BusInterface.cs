namespace IoTHealth.Links.DBus;

/// <summary>One interface of an exported object: its properties and methods.</summary>
public sealed class BusInterface(string name)
{
    private readonly Dictionary<string, object> _values = [];
    private readonly Dictionary<string, Func<object, ValueTask>> _setters = [];
    private readonly Dictionary<string, Func<BusMessage, CancellationToken, ValueTask<BusReply>>> _methods = [];

    public string Name { get; } = name;

    /// <summary>Adds a property that others may only read.</summary>
    /// <param name="property">Name of the property.</param>
    /// <param name="value">A bare value, or a <see cref="Variant"/> where its type does not tell.</param>
    public BusInterface With(string property, object value)
    {
        _values[property] = value;
        return this;
    }

    /// <summary>Adds a property that others may set.</summary>
    /// <param name="property">Name of the property.</param>
    /// <param name="value">A bare value, or a <see cref="Variant"/> where its type does not tell.</param>
    /// <param name="set">Called with the new value before it is shown; a <see cref="BusException"/> of it refuses the value.</param>
    public BusInterface With(string property, object value, Func<object, ValueTask> set)
    {
        _setters[property] = set;
        return With(property, value);
    }

    /// <summary>Adds a method.</summary>
    public BusInterface On(string method, Func<BusMessage, CancellationToken, ValueTask<BusReply>> handler)
    {
        _methods[method] = handler;
        return this;
    }

    internal Dictionary<string, object> Properties()
    {
        lock (_values)
        {
            return new Dictionary<string, object>(_values);
        }
    }

    internal object? Get(string property)
    {
        lock (_values)
        {
            return _values.GetValueOrDefault(property);
        }
    }

    /// <summary>Keeps a value; null drops the property.</summary>
    internal void Set(string property, object? value)
    {
        lock (_values)
        {
            if (value is null)
            {
                _values.Remove(property);
            }
            else
            {
                _values[property] = value;
            }
        }
    }

    internal Func<object, ValueTask>? Setter(string property) => _setters.GetValueOrDefault(property);

    internal Func<BusMessage, CancellationToken, ValueTask<BusReply>>? Method(string method) => _methods.GetValueOrDefault(method);
}
