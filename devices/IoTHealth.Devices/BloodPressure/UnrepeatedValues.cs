using System.Threading.Channels;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Makes durable what a device tells once and then forgets: what the sink could not take is tried again until it can or the run must
/// stop, also when the device has gone; then what is left is tried once more.
/// </summary>
/// <param name="values">What the device sends.</param>
/// <param name="read">Decoder of one value.</param>
/// <param name="store">Makes an upload durable.</param>
/// <param name="time">Clock of the pauses and limits.</param>
internal sealed class UnrepeatedValues(
    ChannelReader<GattValue> values,
    Func<ReadOnlyMemory<byte>, DecodedUpload> read,
    Func<DecodedUpload, CancellationToken, ValueTask> store,
    TimeProvider time)
{
    private const int ValuesAtOnce = 64;

    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly List<DecodedUpload> _waiting = [];

    /// <summary>Stores what comes until the device has gone and all of it is durable.</summary>
    /// <exception cref="IOException">The device has gone; or values may be lost, and how many.</exception>
    /// <exception cref="OperationCanceledException">The run had to stop, and nothing is lost.</exception>
    public async Task StoreAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stopping = cancellation.UnsafeRegister(_ => late.CancelAfter(StopPatience), null);
        var pause = TimeSpan.Zero;
        while (await HasWorkAsync(pause, cancellation))
        {
            Take(cancellation.IsCancellationRequested ? int.MaxValue : ValuesAtOnce);
            pause = await TryStoreAsync(late.Token, cancellation) ? TimeSpan.Zero : Longer(pause);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private async Task<bool> HasWorkAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            if (_waiting.Count == 0)
            {
                return await values.WaitToReadAsync(cancellation);
            }

            await Task.Delay(pause, time, cancellation);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return _waiting.Count > 0 || values.TryPeek(out _);
        }
    }

    private void Take(int most)
    {
        while (_waiting.Count < most && values.TryRead(out var value))
        {
            _waiting.Add(read(value.Value));
        }
    }

    private async Task<bool> TryStoreAsync(CancellationToken late, CancellationToken cancellation)
    {
        var isLast = cancellation.IsCancellationRequested;
        try
        {
            // Under way it is not given up at once when the run must stop: nobody would know whether it had become durable.
            var upload = new DecodedUpload([.. _waiting.SelectMany(one => one.Measurements)], [.. _waiting.SelectMany(one => one.Refusals)]);
            await store(upload, late).AsTask().WaitAsync(late);
            _waiting.Clear();
            return true;
        }
        catch (IOException) when (!isLast)
        {
            return false;
        }
        catch (Exception error)
        {
            throw new IOException($"{_waiting.Count + Unread()} values that the device will not send again may be lost: {error.Message}", error);
        }
    }

    private int Unread()
    {
        var count = 0;
        while (values.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
