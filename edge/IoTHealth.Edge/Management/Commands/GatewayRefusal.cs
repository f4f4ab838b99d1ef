namespace IoTHealth.Edge.Management.Commands;

/// <summary>The running gateway says no, or there is none: exit code 1.</summary>
internal sealed class GatewayRefusal(string message) : Exception(message);
