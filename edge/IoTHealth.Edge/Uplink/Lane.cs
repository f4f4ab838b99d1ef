namespace IoTHealth.Edge.Uplink;

/// <summary>Why something is sent when it is.</summary>
internal enum Lane
{
    /// <summary>Alarms and what silences them: before everything else.</summary>
    Alarm,

    /// <summary>What has just been measured.</summary>
    Live,

    /// <summary>What was left behind, oldest first.</summary>
    Backlog,

    /// <summary>What was under way when a session broke: alone, to see whether it was the cause.</summary>
    Trial,
}
