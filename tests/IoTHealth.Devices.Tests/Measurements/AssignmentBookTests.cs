using CsCheck;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class AssignmentBookTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 1, 0, 0, 0, TimeSpan.FromHours(9));

    /// <summary>Assignments as resident:from-to in hours of the day, the hour asked for, and who is found.</summary>
    [Theory]
    [InlineData("", 5, "unassigned")]
    [InlineData("a:2-8", 5, "a")]
    [InlineData("a:2-8", 2, "a")]
    [InlineData("a:2-8", 8, "unassigned")]
    [InlineData("a:2-8", 1, "unassigned")]
    [InlineData("a:2-", 23, "a")]
    [InlineData("a:2-8 b:8-", 8, "b")]
    [InlineData("a:2-8 b:7-", 7, "a+b")]
    [InlineData("b:7- a:2-8", 7, "a+b")]
    [InlineData("a:2-8 a:6-", 7, "a")]
    [InlineData("a:2- a:2-8", 9, "a")]
    [InlineData("a:5-5", 5, "unassigned")]
    [InlineData("a:8-2", 5, "unassigned")]
    [InlineData("a:0- b:0- c:0-", 5, "a+b+c")]
    [InlineData("a:0- A:0-", 5, "A+a")]
    public void A_reading_is_one_resident_s_or_waits(string assignments, int hour, string expected) =>
        Assert.Equal(expected, Show(Book(Read(assignments)).Resolve(Samples.Robot, Day.AddHours(hour))));

    /// <summary>Assignments as resident:from-to/slot, the slot that the reading tells, and who is found.</summary>
    [Theory]
    [InlineData("a:0-/1 b:0-/2", 1, "a")]
    [InlineData("a:0-/1 b:0-/2", 2, "b")]
    [InlineData("a:0-/1 b:0-/2", 3, "unassigned")]
    [InlineData("a:0-/1 b:0-/2", null, "a+b")]
    [InlineData("a:0-/1", null, "a")]
    [InlineData("a:0- b:0-/2", 1, "unassigned")]
    [InlineData("a:0- b:0-3/2", 2, "unassigned")]
    [InlineData("a:0- b:0-3/2", 1, "unassigned")]
    [InlineData("a:0- b:0-/2", 2, "a+b")]
    [InlineData("a:0- b:8-/2", 2, "a")]
    [InlineData("a:0-", 2, "a")]
    [InlineData("a:0-/1 b:0-/1", 1, "a+b")]
    public void A_reading_of_a_shared_device_is_its_slot_s_or_waits(string assignments, int? slot, string expected)
    {
        var book = Book(assignments.Split(' ').Select(text => text.Split('/')).SelectMany(parts =>
            Read(parts[0]).Select(one => one with { Slot = parts.Length > 1 ? Hour(parts[1]) : null })));
        var found = book.Resolve(Samples.Robot, Day.AddHours(5), slot);
        Assert.Equal(expected, Show(found));

        // One that does not tell its slot waits also where only one resident is named: the other slot may be anybody's.
        Assert.True(slot is not null || found is Attribution.Overlapping);
    }

    [Fact]
    public void A_slot_is_part_of_what_is_stated_and_travels_with_it()
    {
        var whole = Read("a:2-8").Single();
        Assert.NotEqual(whole.Id, (whole with { Slot = 1 }).Id);
        Assert.NotEqual((whole with { Slot = 2 }).Id, (whole with { Slot = 1 }).Id);
        foreach (var stated in new[] { whole, whole with { Slot = 0 }, whole with { Slot = 2 } })
        {
            Assert.True(WireForm.TryDecodeAssignment(WireForm.Encode(stated), out var read, out _));
            Assert.Equal((stated.Id, stated.Slot), (read.Id, read.Slot));
        }
    }

    [Theory]
    [InlineData("user-1", 1)]
    [InlineData("user-unknown", null)]
    [InlineData("user--1", null)]
    [InlineData("user-", null)]
    [InlineData("clock-not-set", null)]
    public void A_flag_tells_a_slot_or_does_not(string flag, int? slot) => Assert.Equal(slot, UserSlot.Of(flag));

    [Fact]
    public void The_last_instant_before_the_end_belongs() =>
        Assert.Equal("a", Show(Book(Read("a:2-8")).Resolve(Samples.Robot, Day.AddHours(8).AddTicks(-1))));

    [Fact]
    public void The_zone_of_the_question_does_not_matter() =>
        Assert.Equal("a", Show(Book(Read("a:2-8")).Resolve(Samples.Robot, Day.AddHours(2).ToUniversalTime())));

    [Fact]
    public void The_device_s_letter_case_does_not_matter() => Assert.Equal(
        "a", Show(Book(Read("a:2-8")).Resolve(new DeviceId(Samples.Robot.Value.ToUpperInvariant()), Day.AddHours(5))));

    [Fact]
    public void The_same_statement_is_known()
    {
        var (book, assignment) = (new AssignmentBook(), Read("a:2-8").Single());
        Assert.True(book.Add(assignment));
        Assert.False(book.Add(assignment with { Recorded = Day.AddDays(9) }));
        Assert.True(book.Add(assignment with { Author = "somebody.else" }));
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter() => Gen.Select(
        Gen.Select(Gen.Char["ab"], Gen.Int[0, 9], Gen.Int[0, 9]).Array[1, 6], Gen.Int[0, 9]).Sample((lines, hour) =>
    {
        var assignments = lines.Select((line, i) => Make(line.Item1.ToString(), line.Item2, line.Item3, i)).ToList();
        Assert.Equal(Key(Book(assignments), hour), Key(Book(Enumerable.Reverse(assignments)), hour));
    });

    private static string Key(AssignmentBook book, int hour) => book.Resolve(Samples.Robot, Day.AddHours(hour)) switch
    {
        Attribution.Resident resident => $"{resident.Key} {resident.Assignment}",
        var other => Show(other),
    };

    private static AssignmentBook Book(IEnumerable<Assignment> assignments)
    {
        var book = new AssignmentBook();
        foreach (var assignment in assignments)
        {
            book.Add(assignment);
        }

        return book;
    }

    private static IEnumerable<Assignment> Read(string assignments) => assignments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(text => text.Split(':', '-'))
        .Select((parts, i) => Make(parts[0], Hour(parts[1])!.Value, Hour(parts[2]), i));

    private static Assignment Make(string resident, int from, int? to, int minute) =>
        new(Samples.Robot, resident, Day.AddHours(from), to is { } end ? Day.AddHours(end) : null, "nurse.sato", Day.AddMinutes(minute));

    private static int? Hour(string text) => text.Length == 0 ? null : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Show(Attribution attribution) => attribution switch
    {
        Attribution.Resident resident => resident.Key,
        Attribution.Overlapping overlapping => string.Join('+', overlapping.Residents),
        _ => "unassigned",
    };
}
