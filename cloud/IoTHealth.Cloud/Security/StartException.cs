namespace IoTHealth.Cloud.Security;

/// <summary>The program cannot start as it is configured. The message names the file and the reason.</summary>
public sealed class StartException(string message) : Exception(message);
