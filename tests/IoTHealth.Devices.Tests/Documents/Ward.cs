using System.Text.Json;
using IoTHealth.Documents;

namespace IoTHealth.Devices.Tests.Documents;

/// <summary>A small document to make mistakes in.</summary>
internal sealed record Ward
{
    public static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(Ward).Assembly, "ward.schema.json");

    public required string Name { get; init; }

    public required IReadOnlyList<Bed> Beds { get; init; }

    public JsonElement Notes { get; init; }

    public static Ward Read(string text) => Document.Parse<Ward>(text, "ward.yaml", Schema);

    /// <summary>The first line of the message with which the text is refused.</summary>
    public static string Refusal(string text) => Assert.Throws<DocumentException>(() => Read(text)).Message;
}

internal sealed record Bed
{
    public required string Key { get; init; }

    public Side Side { get; init; }

    public decimal? Height { get; init; }

    public int Floor { get; init; }

    public bool Alarmed { get; init; }

    public TimeOnly? From { get; init; }

    public JsonElement Tree { get; init; }
}

internal enum Side
{
    Left,
    RightHand,
}
