namespace IoTHealth.Links.DBus;

/// <summary>An error reply: of another program to a call, or thrown by an exported object to answer with one.</summary>
/// <param name="name">Name of the error, such as <c>org.bluez.Error.Failed</c>.</param>
/// <param name="message">What the error says in words.</param>
public sealed class BusException(string name, string message) : Exception(message)
{
    public string Name { get; } = name;
}
