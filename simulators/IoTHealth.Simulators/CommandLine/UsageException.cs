namespace IoTHealth.Simulators.CommandLine;

/// <summary>The caller gave something that cannot be used; the message names what, where and why.</summary>
public sealed class UsageException : Exception
{
    public UsageException()
    {
    }

    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
