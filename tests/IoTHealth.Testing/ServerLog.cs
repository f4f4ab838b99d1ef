namespace IoTHealth.Testing;

/// <summary>A server's output, line by line, in a file that lives on over restarts.</summary>
internal sealed class ServerLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter writer;
    private readonly Queue<string> last = new();
    private bool closed;

    public ServerLog(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        writer = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public void Add(string line)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            writer.WriteLine(line);
            last.Enqueue(line);
            if (last.Count > 20)
            {
                last.Dequeue();
            }
        }
    }

    /// <summary>The last twenty lines, for messages of failure.</summary>
    public string Tail()
    {
        lock (gate)
        {
            return string.Join(Environment.NewLine, last);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            writer.Dispose();
        }
    }
}
