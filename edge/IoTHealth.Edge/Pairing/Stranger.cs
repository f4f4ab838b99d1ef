namespace IoTHealth.Edge.Pairing;

/// <summary>A device that tried to be heard and is not registered.</summary>
/// <param name="Number">Its number in the list.</param>
/// <param name="Link"><c>mqtt</c>, <c>mllp</c>, <c>line</c> or <c>bluetooth</c>.</param>
/// <param name="Told">The identity it told: user name, serial number or Bluetooth address; made printable and short.</param>
/// <param name="Model">The model it told; empty where it told none.</param>
/// <param name="Where">Where it was heard: network address, key of the line's device, adapter.</param>
/// <param name="First">When it was first heard.</param>
/// <param name="Last">When it was last heard.</param>
/// <param name="Times">How often.</param>
/// <param name="Quarantine">Source under which its bytes lie in quarantine; empty where it sent none.</param>
public sealed record Stranger(
    long Number, string Link, string Told, string Model, string Where, DateTimeOffset First, DateTimeOffset Last, long Times, string Quarantine);
