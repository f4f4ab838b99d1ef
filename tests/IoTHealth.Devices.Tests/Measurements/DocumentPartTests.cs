using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class DocumentPartTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(DocumentPart.ContentMaximum, 1)]
    [InlineData(DocumentPart.ContentMaximum + 1, 2)]
    [InlineData((3 * DocumentPart.ContentMaximum) - 1, 3)]
    public void A_document_is_cut_and_joined_over_the_wire(int length, int count)
    {
        var content = Content(length);
        var parts = Split(content);
        Assert.Equal(count, parts.Count);
        Assert.Equal(count, parts.Select(part => part.Id).Distinct().Count());
        var received = parts.Reverse().Select(Sent).ToList();
        Assert.Equal(content, DocumentPart.Join(received));
    }

    [Fact]
    public void The_same_document_has_the_same_ids_everywhere_and_another_has_others()
    {
        var content = Content(DocumentPart.ContentMaximum + 1);
        Assert.Equal(Split(content).Select(part => part.Id), Split(content, Samples.Time with { Instant = default }).Select(part => part.Id));
        var other = Content(content.Length);
        other[0] ^= 1;
        Assert.Empty(Split(content).Select(part => part.Id).Intersect(Split(other).Select(part => part.Id)));
    }

    [Fact]
    public void Missing_doubled_or_altered_parts_make_no_document()
    {
        var parts = Split(Content((2 * DocumentPart.ContentMaximum) + 1));
        Assert.Null(DocumentPart.Join([]));
        Assert.Null(DocumentPart.Join([parts[0], parts[1]]));
        Assert.Null(DocumentPart.Join([parts[0], parts[1], parts[1]]));
        Assert.Null(DocumentPart.Join([parts[0], parts[1], parts[2] with { Content = new byte[] { 7 } }]));
    }

    // A part that lies of its document must not lead a reader to look for two thousand million others.
    [Fact]
    public void Parts_that_lie_of_their_document_are_refused()
    {
        var part = Split(Content(5))[0];
        Assert.All(
            new[]
            {
                part with { Count = int.MaxValue }, part with { Index = 1 }, part with { Index = -1 }, part with { Document = MeasurementId.Of("other") },
                part with { ContentType = "text/plain" }, part with { Content = Content(DocumentPart.ContentMaximum + 1) },
            },
            lie => Assert.False(WireForm.TryDecodeDocumentPart(WireForm.Encode(lie), out _, out _)));
    }

    private static DocumentPart Sent(DocumentPart part)
    {
        Assert.True(WireForm.TryDecodeDocumentPart(WireForm.Encode(part), out var received, out var reason), reason);
        Assert.Equal((part.Document, part.Device, part.Title, part.ContentType, part.Time), (received.Document, received.Device, received.Title, received.ContentType, received.Time));
        return received;
    }

    private static IReadOnlyList<DocumentPart> Split(byte[] content, MeasurementTime? time = null) =>
        DocumentPart.Split(Samples.Robot, "Report", "application/pdf", content, time ?? Samples.Time);

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
}
