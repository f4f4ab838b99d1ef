namespace IoTHealth.Devices;

/// <summary>What a driver can promise. 'Missing 0' binds the first two.</summary>
public enum GuaranteeClass
{
    /// <summary>We confirm each reading after it is durable; what is not confirmed the device sends again.</summary>
    Acknowledged,

    /// <summary>The device keeps a memory that we can read again.</summary>
    ReReadable,

    /// <summary>Nobody confirms; losses are counted where the device's sequence reveals them.</summary>
    DetectOnly,
}

/// <summary>Guarantee classes in words.</summary>
public static class GuaranteeClassText
{
    /// <summary>As documents and commands write it.</summary>
    public static string Word(this GuaranteeClass guarantee) => guarantee switch
    {
        GuaranteeClass.Acknowledged => "acknowledged",
        GuaranteeClass.ReReadable => "re-readable",
        _ => "detect-only",
    };
}
