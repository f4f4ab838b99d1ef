using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>
/// Sealed append of 200-byte readings at batch 256, each batch durable before the next, against a bare append-only file with a CRC and
/// FlushToDisk; then both with 5 ms added to each fsync.
/// </summary>
internal static class JournalAppend
{
    private const int Batch = 256;
    private const int Batches = 200;
    private const int SlowBatches = 60;
    private const int PayloadBytes = 200;

    private static readonly TimeSpan Added = TimeSpan.FromMilliseconds(5);

    public static async IAsyncEnumerable<Figure> MeasureAsync(EdgeRun run)
    {
        using var folder = new TestFolder("benchmark");
        yield return await MeasureAsync(run, folder, Batches, TimeSpan.Zero, "sealed append, batch 256", 0.3);
        yield return await MeasureAsync(run, folder, SlowBatches, Added, "sealed append, fsync + 5 ms", 0.85);
    }

    private static async Task<Figure> MeasureAsync(EdgeRun run, TestFolder folder, int batches, TimeSpan added, string name, double limit)
    {
        var options = new JournalOptions { Folder = folder.File($"journal-{added.TotalMilliseconds}"), ReserveMegabytes = 0, BeforeCommit = () => Wait(added) };
        await using var journal = SqliteJournal.Open(options, "gw-01", run.Time);
        var (number, rounds) = (0, new List<(double Ours, double Bare)>());
        for (var round = -1; round < run.Rounds; round++)
        {
            var made = Enumerable.Range(0, batches).Select(_ => Entries(ref number)).ToList();
            var ours = await RateAsync(made, async batch => await journal.WriteAsync(new JournalWrite { Entries = batch }));
            using var file = File.OpenHandle(folder.File($"bare-{added.TotalMilliseconds}-{round}"), FileMode.CreateNew, FileAccess.Write);
            long at = 0;
            var bare = await RateAsync(made, batch =>
            {
                at += Append(file, at, batch);
                Wait(added);
                RandomAccess.FlushToDisk(file);
                return Task.CompletedTask;
            });
            if (round >= 0)
            {
                rounds.Add((ours, bare));
            }
        }

        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{Statistics.Median(rounds.Select(r => r.Ours)):F0}/s against {Statistics.Median(rounds.Select(r => r.Bare)):F0}/s of a bare file with CRC");
        return Figure.AtLeast(name, Statistics.Median(rounds.Select(r => r.Ours / r.Bare)), limit, detail);
    }

    private static NewEntry[] Entries(ref int number)
    {
        var entries = new NewEntry[Batch];
        for (var i = 0; i < Batch; i++)
        {
            var payload = new byte[PayloadBytes];
            Random.Shared.NextBytes(payload);
            entries[i] = new NewEntry(
                EntryKind.Measurement, MeasurementId.Of("append", (number++).ToString(CultureInfo.InvariantCulture)), 1, EntryPriority.Reading, payload)
            {
                Origin = new Origin($"device {i % 50}", new DateOnly(2026, 11, 24)),
            };
        }

        return entries;
    }

    private static async Task<double> RateAsync(List<NewEntry[]> batches, Func<NewEntry[], Task> write)
    {
        var begun = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
        {
            await write(batch);
        }

        return batches.Count * Batch / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static int Append(Microsoft.Win32.SafeHandles.SafeFileHandle file, long at, NewEntry[] batch)
    {
        var bytes = new byte[batch.Length * (PayloadBytes + sizeof(uint))];
        for (var i = 0; i < batch.Length; i++)
        {
            var record = bytes.AsSpan(i * (PayloadBytes + sizeof(uint)));
            batch[i].Payload.Span.CopyTo(record);
            BinaryPrimitives.WriteUInt32LittleEndian(record[PayloadBytes..], Crc(record[..PayloadBytes]));
        }

        RandomAccess.Write(file, bytes, at);
        return bytes.Length;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        return ~crc;
    }

    // A disk that is slower by so much; the thread that waits for it does nothing meanwhile.
    private static void Wait(TimeSpan added)
    {
        if (added > TimeSpan.Zero)
        {
            using var never = new ManualResetEventSlim();
            never.Wait(added);
        }
    }
}
