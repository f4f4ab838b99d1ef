namespace IoTHealth.Links.DBus;

/// <summary>A sequence of D-Bus types, such as <c>sa{sv}as</c>.</summary>
public readonly record struct Signature(string Value)
{
    public override string ToString() => Value;
}
