namespace IoTHealth.Cloud.Ledger;

/// <summary>
/// What became of the measurements of one device and day, seen from the cloud: received = delivered + withheld + awaiting +
/// quarantined + unread. Together with <see cref="Gap"/> and what is still on the box it is what the gateway measured.
/// </summary>
/// <param name="Gateway">The gateway that delivered them first.</param>
/// <param name="Device">Global device id.</param>
/// <param name="Day">Day of receipt by the gateway, in the facility's zone.</param>
/// <param name="Received">Distinct measurements; versions of one are one.</param>
/// <param name="Delivered">Told as Observations.</param>
/// <param name="Withheld">The resident does not consent.</param>
/// <param name="Awaiting">Nobody knows whose they are, or the record server does not take them now.</param>
/// <param name="Quarantined">Refused for good.</param>
/// <param name="Unread">The feed has not come to them yet.</param>
/// <param name="Gap">Will never come, as the gateway said.</param>
public sealed record LedgerLine(
    string Gateway, string Device, DateOnly Day, long Received, long Delivered, long Withheld, long Awaiting, long Quarantined, long Unread, long Gap);
