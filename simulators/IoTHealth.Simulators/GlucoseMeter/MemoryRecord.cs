namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>One result in a meter's memory.</summary>
/// <param name="Index">From 1, the oldest first.</param>
/// <param name="Time">What the meter's clock showed, whole minutes; no zone.</param>
/// <param name="Value">What the display showed.</param>
/// <param name="OutOfRange"><c>high</c> or <c>low</c> where the value is one step beyond the meter's limit, else null.</param>
/// <param name="Control">A test with control solution: no person's value.</param>
/// <param name="Markers">As the wire has them, between slashes.</param>
internal sealed record MemoryRecord(int Index, DateTime Time, string Value, GlucoseUnit Unit, string? OutOfRange, bool Control, string Markers);
