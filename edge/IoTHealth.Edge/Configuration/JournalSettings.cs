using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Configuration;

/// <summary>Bounds of the journal.</summary>
/// <param name="MaximumMegabytes">Size of its file; less where a tenth of the disk would not stay free.</param>
/// <param name="KeepDays">Days that delivered entries are kept while space allows.</param>
/// <param name="ReserveMegabytes">Held back for alarms on a full disk.</param>
/// <param name="QuarantineMegabytes">Size of refused bytes, within the file.</param>
public sealed record JournalSettings(int MaximumMegabytes = 4_096, int KeepDays = 14, int ReserveMegabytes = 64, int QuarantineMegabytes = 64)
{
    internal JournalOptions In(string folder) => new()
    {
        Folder = folder,
        MaximumMegabytes = MaximumMegabytes,
        KeepDays = KeepDays,
        ReserveMegabytes = ReserveMegabytes,
        QuarantineMegabytes = QuarantineMegabytes,
    };
}
