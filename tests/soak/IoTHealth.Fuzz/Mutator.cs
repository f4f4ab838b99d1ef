namespace IoTHealth.Fuzz;

/// <summary>Makes the input of a case: a seed with a few changes, or random bytes.</summary>
public sealed class Mutator(FuzzTarget target)
{
    private const int RandomLengthMaximum = 96;
    private const int ChangesMaximum = 6;
    private const int PieceMaximum = 32;

    private static readonly byte[] Edges = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];

    private readonly byte[] _input = new byte[(2 * target.Seeds.Max(seed => seed.Length)) + 256];
    private int _length;

    /// <summary>The bytes are valid until the next call.</summary>
    public ReadOnlyMemory<byte> Make(FuzzRandom random)
    {
        if (random.OnceIn(8))
        {
            Fill(random);
        }
        else
        {
            Take(target.Seeds[random.Below(target.Seeds.Count)]);
            for (var change = 1 + random.Below(ChangesMaximum); change > 0; change--)
            {
                Change(random);
            }
        }

        return _input.AsMemory(0, _length);
    }

    private void Fill(FuzzRandom random)
    {
        _length = random.Below(RandomLengthMaximum + 1);
        for (var i = 0; i < _length; i++)
        {
            _input[i] = random.Byte();
        }
    }

    private void Take(byte[] seed)
    {
        seed.CopyTo(_input, 0);
        _length = seed.Length;
    }

    private void Change(FuzzRandom random)
    {
        var at = random.Below(_length + 1);
        switch (random.Below(9))
        {
            case 0 when random.OnceIn(4):
                _length = at;
                break;
            case 1:
                Insert(at, [random.Byte()]);
                break;
            case 2:
                Remove(at, 1 + random.Below(random.OnceIn(2) ? 1 : PieceMaximum));
                break;
            case 3 when at < _length:
                _input[at] ^= (byte)(1 << random.Below(8));
                break;
            case 4 when at < _length:
                _input[at] = Edges[random.Below(Edges.Length)];
                break;
            case 5 when target.Tokens.Count > 0:
                Insert(at, target.Tokens[random.Below(target.Tokens.Count)]);
                break;
            case 6:
                Repeat(at, random);
                break;
            case 7:
                Splice(at, target.Seeds[random.Below(target.Seeds.Count)], random);
                break;
            case var _ when at < _length:
                _input[at] = random.Byte();
                break;
        }
    }

    private void Insert(int at, ReadOnlySpan<byte> piece)
    {
        piece = piece[..Math.Min(piece.Length, _input.Length - _length)];
        _input.AsSpan(at, _length - at).CopyTo(_input.AsSpan(at + piece.Length));
        piece.CopyTo(_input.AsSpan(at));
        _length += piece.Length;
    }

    private void Remove(int at, int count)
    {
        count = Math.Min(count, _length - at);
        _input.AsSpan(at + count, _length - at - count).CopyTo(_input.AsSpan(at));
        _length -= count;
    }

    private void Repeat(int at, FuzzRandom random)
    {
        Span<byte> piece = stackalloc byte[PieceMaximum];
        piece = piece[..Math.Min(1 + random.Below(PieceMaximum), _length - at)];
        _input.AsSpan(at, piece.Length).CopyTo(piece);
        for (var times = 1 + random.Below(4); times > 0; times--)
        {
            Insert(at, piece);
        }
    }

    // The head of one seed, the tail of another.
    private void Splice(int at, ReadOnlySpan<byte> other, FuzzRandom random)
    {
        var tail = other[random.Below(other.Length + 1)..];
        _length = at;
        Insert(at, tail);
    }
}
