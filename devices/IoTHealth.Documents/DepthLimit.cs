using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IoTHealth.Documents;

/// <summary>
/// Refuses a document that nests deeper than the limit while it is parsed: YamlDotNet loads nodes by recursion, and a
/// stack that overflows takes the whole program with it.
/// </summary>
internal sealed class DepthLimit(IParser inner, int depthMaximum) : IParser
{
    private int _depth;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        var moved = inner.MoveNext();
        _depth += moved ? Step(inner.Current) : 0;
        return _depth <= depthMaximum
            ? moved
            : throw new YamlException(Current!.Start, Current.End, $"nested deeper than {depthMaximum}");
    }

    private static int Step(ParsingEvent? parsed) => parsed switch
    {
        MappingStart or SequenceStart => 1,
        MappingEnd or SequenceEnd => -1,
        _ => 0,
    };
}
