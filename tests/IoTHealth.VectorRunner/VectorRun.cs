namespace IoTHealth.VectorRunner;

/// <summary>Runs the vectors of a file in their order and prints one line for each.</summary>
public sealed class VectorRun(TextWriter output)
{
    private const string Malformed = "(malformed)";
    private readonly SortedDictionary<string, Tally> protocols = new(StringComparer.Ordinal);

    /// <summary>The sum over what has run.</summary>
    public Tally Total { get; private set; } = new();

    public void Run(IEnumerable<string> lines)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                RunLine(number, line);
            }
        }

        PrintSums();
    }

    private void RunLine(int number, string line)
    {
        try
        {
            RunVector(Vector.Parse(line));
        }
        catch (FormatException error)
        {
            output.WriteLine($"line {number}: fail: not a vector: {error.Message}");
            Count(Malformed, Outcome.Fail);
        }
    }

    private void RunVector(Vector vector)
    {
        var result = Protocols.Decode(vector.Input);
        var mismatch = Expectation.Mismatch(vector, result);
        var outcome = result is VectorResult.NotSupported ? Outcome.Unsupported : mismatch is null ? Outcome.Pass : Outcome.Fail;
        output.WriteLine(outcome switch
        {
            Outcome.Pass => $"{vector.Id}: pass: {result}",
            Outcome.Fail => $"{vector.Id}: fail: {mismatch}; got {result}",
            _ => $"{vector.Id}: unsupported: {vector.Input.Protocol}",
        });
        Count(vector.Input.Protocol, outcome);
    }

    private void Count(string protocol, Outcome outcome)
    {
        protocols[protocol] = protocols.GetValueOrDefault(protocol, new Tally()).With(outcome);
        Total = Total.With(outcome);
    }

    private void PrintSums()
    {
        output.WriteLine();
        foreach (var (protocol, tally) in protocols)
        {
            output.WriteLine($"{protocol,-24}{tally}");
        }

        output.WriteLine(Total);
    }
}
