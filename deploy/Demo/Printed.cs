namespace IoTHealth.Demo;

/// <summary>Progress that is reported at once, where it happens; <c>Progress&lt;T&gt;</c> would report later, out of order.</summary>
internal sealed class Printed<T>(Action<T> print) : IProgress<T>
{
    public void Report(T value) => print(value);
}
