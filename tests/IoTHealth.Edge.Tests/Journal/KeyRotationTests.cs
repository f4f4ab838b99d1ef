using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>Another box key: whatever moment the power goes, the journal opens, and in the end by the new key alone.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_key_opens_everything_and_the_old_one_nothing()
    {
        await WriteAsync(1);
        var old = File.ReadAllBytes(Key);
        BoxKey.BeginRotation(_folder.Path);
        await WriteAsync(2);
        Assert.False(File.Exists(Next));
        Assert.NotEqual(old, File.ReadAllBytes(Key));
        await AssertReadableAsync(2);

        File.WriteAllBytes(Key, old);
        Assert.Contains("belongs to another one", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    /// <summary>Laid ready; wrapped anew but not renamed (the state of the disk at each step, put together again).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rotation_that_was_cut_short_goes_on(bool isRewrapped)
    {
        await WriteAsync(1);
        var old = File.ReadAllBytes(Key);
        BoxKey.BeginRotation(_folder.Path);
        if (isRewrapped)
        {
            await WriteAsync(2);
            File.Move(Key, Next);
            File.WriteAllBytes(Key, old);
            File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await WriteAsync(3);
        Assert.False(File.Exists(Next));
        Assert.NotEqual(old, File.ReadAllBytes(Key));
        await AssertReadableAsync(isRewrapped ? 3 : 2);
    }

    [Fact]
    public async Task A_running_gateway_takes_the_key_at_its_next_start()
    {
        await using (Open())
        {
            BoxKey.BeginRotation(_folder.Path);
            Assert.False(SqliteJournal.TryRotate(Options, "gw-01"));
        }

        Assert.True(SqliteJournal.TryRotate(Options, "gw-01"));
        Assert.False(File.Exists(Next));
    }

    private string Key => _folder.File("box.key");

    private string Next => _folder.File("box.key.next");

    private JournalOptions Options => new() { Folder = _folder.Path, ReserveMegabytes = 0 };

    private async Task WriteAsync(int sequence)
    {
        await using var journal = Open();
        await journal.WriteAsync(Sample.Write(Sample.HeartRate(sequence)));
    }

    private async Task AssertReadableAsync(int count)
    {
        await using var journal = Open();
        Assert.Equal(count, journal.Read(1, 100, 100, int.MaxValue).Count);
    }

    private SqliteJournal Open() => SqliteJournal.Open(Options, "gw-01", TimeProvider.System, Acknowledged.Create);
}
