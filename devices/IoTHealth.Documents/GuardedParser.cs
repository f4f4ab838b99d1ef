using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IoTHealth.Documents;

/// <summary>
/// YamlDotNet's parser, made safe for whatever is written: nesting is bounded while it is parsed (nodes are loaded by
/// recursion, and a stack that overflows takes the program with it), and an alias of nothing is told where it stands.
/// </summary>
internal sealed class GuardedParser(string text, int depthMaximum) : IParser
{
    private readonly Parser _inner = new(new StringReader(text));
    private readonly HashSet<AnchorName> _anchors = [];

    private int _depth;

    public ParsingEvent? Current => _inner.Current;

    /// <summary>Where it has got to.</summary>
    public Mark Here => Current?.Start ?? Mark.Empty;

    public bool MoveNext()
    {
        var moved = _inner.MoveNext();
        if (moved)
        {
            Look(_inner.Current!);
        }

        return moved;
    }

    private void Look(ParsingEvent parsed)
    {
        _depth += parsed.NestingIncrease;
        if (_depth > depthMaximum + 2)
        {
            throw new YamlException(parsed.Start, parsed.End, $"nested deeper than {depthMaximum}");
        }

        if (parsed is AnchorAlias alias && !_anchors.Contains(alias.Value))
        {
            throw new YamlException(parsed.Start, parsed.End, $"there is no anchor '{alias.Value}' before this");
        }

        if (parsed is NodeEvent { Anchor.IsEmpty: false } node)
        {
            _anchors.Add(node.Anchor);
        }
    }
}
