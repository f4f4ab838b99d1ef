namespace IoTHealth.Documents;

/// <summary>A document that cannot be used. The message is <c>file:line:column: reason</c>, one line for each mistake.</summary>
public sealed class DocumentException(string message) : Exception(message);
