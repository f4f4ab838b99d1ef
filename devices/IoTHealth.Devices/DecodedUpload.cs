using System.Collections.Immutable;
using IoTHealth.Measurements;

namespace IoTHealth.Devices;

/// <summary>One act of measuring as a decoder read it: no gateway clock, no device id yet.</summary>
/// <param name="Kind">Catalogue code of the act.</param>
/// <param name="Stable">The record's stable raw bytes; empty when the device gives neither time nor sequence.</param>
/// <param name="Occurrence">Number from 0 among records of this upload with equal kind and stable bytes.</param>
/// <param name="Time">What the device's clock showed, or null.</param>
/// <param name="Components">The signs read.</param>
/// <param name="Flags">Qualifiers, kebab case.</param>
/// <param name="Raw">The record's bytes, for quarantine should intake refuse it.</param>
public sealed record DecodedMeasurement(
    string Kind,
    ImmutableArray<byte> Stable,
    int Occurrence,
    DeviceTime? Time,
    ImmutableArray<Component> Components,
    ImmutableArray<string> Flags,
    ReadOnlyMemory<byte> Raw);

/// <summary>Bytes that could not be read, and why; they go to quarantine.</summary>
public sealed record Refusal(string Reason, ReadOnlyMemory<byte> Raw);

/// <summary>A document that came with readings, such as the PDF of a pacemaker report.</summary>
/// <param name="Title">What the sender calls it.</param>
/// <param name="ContentType">Media type, for example <c>application/pdf</c>.</param>
/// <param name="Content">The document.</param>
/// <param name="Time">What the device's clock showed when it was made, or null.</param>
public sealed record DecodedDocument(string Title, string ContentType, ReadOnlyMemory<byte> Content, DeviceTime? Time);

/// <summary>A look at a device's clock.</summary>
/// <param name="Shown">What it showed; null where it showed no date, or cannot be read.</param>
/// <param name="IsSet">Whether it was then set right.</param>
/// <param name="Ago">How long ago that was when the sink takes the upload.</param>
public sealed record DecodedClock(DeviceTime? Shown, bool IsSet = false, TimeSpan Ago = default);

/// <summary>All that one message or transfer held.</summary>
public sealed record DecodedUpload(IReadOnlyList<DecodedMeasurement> Measurements, IReadOnlyList<Refusal> Refusals)
{
    /// <summary>Documents that came with the readings.</summary>
    public IReadOnlyList<DecodedDocument> Documents { get; init; } = [];

    /// <summary>What the device's clock shows now, where the upload tells it.</summary>
    public DecodedClock? Clock { get; init; }

    /// <summary>Identity of another device than the registered one, where one was heard in this upload.</summary>
    public string? Stranger { get; init; }

    public static DecodedUpload Refused(string reason, ReadOnlyMemory<byte> raw) => new([], [new Refusal(reason, raw)]);
}
