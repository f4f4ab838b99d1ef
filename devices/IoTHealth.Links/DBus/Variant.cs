namespace IoTHealth.Links.DBus;

/// <summary>A value to be written as a variant of this single complete type. Variants that are read come as their bare value.</summary>
public sealed record Variant(string Signature, object Value);
