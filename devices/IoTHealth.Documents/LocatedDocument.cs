namespace IoTHealth.Documents;

/// <summary>A bound document that still knows where each of its values stands, for mistakes that no schema sees.</summary>
public sealed class LocatedDocument<T>
{
    private readonly string _name;
    private readonly YamlTree _tree;

    internal LocatedDocument(T value, string name, YamlTree tree) => (Value, _name, _tree) = (value, name, tree);

    public T Value { get; }

    /// <summary>A mistake at a JSON pointer such as <c>/rules/0/kind</c>, or at what encloses it where nothing stands there.</summary>
    public DocumentException Mistake(string pointer, string reason) => new($"{_name}:{_tree.Mark(pointer)}: {reason}");
}
