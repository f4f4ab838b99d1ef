using CsCheck;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

/// <summary>Whatever is learned of clocks, in whatever order: instants come out the same, and no id moves.</summary>
public sealed class InstantRevisionTests
{
    private static readonly DateTimeOffset Start = new(2026, 12, 3, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Boots = [Guid.Parse("00000000-0000-4000-8000-000000000001"), Guid.Parse("00000000-0000-4000-8000-000000000002")];

    private static readonly Gen<TimeSpan> Off = Gen.OneOf<TimeSpan>(
        Gen.Const(TimeSpan.Zero), Gen.Int[-90, 90].Select(s => TimeSpan.FromSeconds(s)), Gen.Int[-13, 13].Select(h => TimeSpan.FromHours(h)),
        Gen.Const(TimeSpan.FromDays(-9_833)));

    private static readonly Gen<ClockEntry> Entries = Gen.Select(
        Gen.Int[0, 1], Gen.Int[0, 72 * 60], Gen.Bool, Gen.Bool, Off, Off, Gen.Int[0, 4]).Select(ClockEntry (one) =>
    {
        var (boot, minutes, isDevice, isSynchronised, wallOff, deviceOff, how) = one;
        var truth = Start.AddMinutes(minutes);
        var wall = isSynchronised ? truth : truth + wallOff;
        var shown = new DeviceTime(
            DateTime.SpecifyKind(truth.UtcDateTime + TimeSpan.FromHours(9) + deviceOff, DateTimeKind.Unspecified), how == 0 ? TimeSpan.FromHours(9) : null);
        return isDevice
            ? new ClockEntry.Device(Boots[boot], Nanoseconds(minutes), wall, isSynchronised, Samples.Robot, how == 1 ? null : shown, TimeSpan.FromHours(9), how == 2, how == 3)
            : new ClockEntry.Gateway(Boots[boot], Nanoseconds(minutes), wall, isSynchronised, "hourly");
    });

    private static readonly Gen<Measurement> Readings = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 72 * 60], Gen.Bool, Off, Off, Gen.Int[0, 3]).Select(one =>
    {
        var (boot, minutes, isSynchronised, wallOff, deviceOff, how) = one;
        var truth = Start.AddMinutes(minutes);
        var wall = isSynchronised ? truth : truth + wallOff;
        var shown = DateTime.SpecifyKind(truth.UtcDateTime + TimeSpan.FromHours(9) + deviceOff, DateTimeKind.Unspecified);
        return Samples.Quantity("heart-rate", minutes, "/min") with
        {
            Flags = how == 0 ? ["clock-was-off", "body-movement"] : ["body-movement"],
            Time = new MeasurementTime(
                how switch { 1 => null, 2 => new DeviceTime(shown, TimeSpan.FromHours(9)), _ => new DeviceTime(shown, null) },
                Boots[boot], Nanoseconds(minutes), wall, wall, MeasurementTime.Unbounded, TimeBasis.Received)
            {
                IsSynchronised = isSynchronised,
                AssumedOffset = how is 1 or 2 ? null : TimeSpan.FromHours(9),
            },
        };
    });

    [Fact]
    public void The_order_of_entries_does_not_matter() => Gen.Select(Readings, Entries.Array[0, 8], Gen.Int).Sample((reading, entries, seed) =>
    {
        var shuffled = entries.ToArray();
        new Random(seed).Shuffle(shuffled);
        Same(InstantRevision.Revise(reading, Book(entries)), InstantRevision.Revise(reading, Book(shuffled)));
    }, iter: 3_000);

    [Fact]
    public void Revising_again_changes_nothing() => Gen.Select(Readings, Entries.Array[0, 8]).Sample((reading, entries) =>
    {
        var once = InstantRevision.Revise(reading, Book(entries));
        Assert.Same(once, InstantRevision.Revise(once, Book(entries)));
        Assert.Same(once, InstantRevision.Revise(once, Book([.. entries, .. entries])));
    }, iter: 3_000);

    [Fact]
    public void What_was_revised_on_the_way_comes_out_the_same() => Gen.Select(Readings, Entries.Array[0, 8], Gen.Int[0, 8]).Sample((reading, entries, upTo) =>
        Same(
            InstantRevision.Revise(reading, Book(entries)),
            InstantRevision.Revise(InstantRevision.Revise(reading, Book(entries.Take(upTo))), Book(entries))), iter: 3_000);

    [Fact]
    public void No_id_and_no_revision_moves() => Gen.Select(Readings, Entries.Array[0, 8]).Sample((reading, entries) =>
    {
        var revised = InstantRevision.Revise(reading, Book(entries));
        Assert.Equal(reading.Id, revised.Id);
        Assert.Equal(WireForm.RevisionOf(reading), WireForm.RevisionOf(revised));
        Assert.Equal((reading.Time.Device, reading.Time.Received, reading.Time.MonotonicNanoseconds), (revised.Time.Device, revised.Time.Received, revised.Time.MonotonicNanoseconds));
        Assert.Equal(reading.Flags.Contains("clock-was-off"), revised.Flags.Contains("clock-was-off"));
    }, iter: 3_000);

    [Fact]
    public void The_uncertainty_grows_with_the_distance_from_the_moment_that_is_known()
    {
        var book = Book([new ClockEntry.Gateway(Boots[0], Nanoseconds(0), Start, true, "synchronised")]);
        Assert.Null(book.At(Boots[1], 0));
        Assert.Equal(Start.AddMinutes(-30), book.At(Boots[0], Nanoseconds(-30))!.Value.Instant);
        Assert.True(book.At(Boots[0], Nanoseconds(60))!.Value.Uncertainty < book.At(Boots[0], Nanoseconds(600))!.Value.Uncertainty);
        Assert.True(book.At(Boots[0], Nanoseconds(600))!.Value.Uncertainty < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Two_right_moments_that_contradict_each_other_make_what_lies_between_uncertain()
    {
        var book = Book([
            new ClockEntry.Gateway(Boots[0], Nanoseconds(0), Start, true, "synchronised"),
            new ClockEntry.Gateway(Boots[0], Nanoseconds(10), Start.AddHours(2), true, "stepped"),
        ]);
        Assert.True(book.At(Boots[0], Nanoseconds(5))!.Value.Uncertainty > TimeSpan.FromMinutes(109));
        Assert.True(book.At(Boots[0], Nanoseconds(11))!.Value.Uncertainty < TimeSpan.FromSeconds(5));
    }

    private static void Same(Measurement one, Measurement other)
    {
        Assert.Equal(one.Time, other.Time);
        Assert.Equal(one.Flags.AsEnumerable(), other.Flags);
    }

    private static long Nanoseconds(int minutes) => 1_000_000_000_000L + (minutes * 60_000_000_000L);

    private static ClockBook Book(IEnumerable<ClockEntry> entries) => entries.Aggregate(ClockBook.Empty, (book, entry) => book.With(entry));
}
