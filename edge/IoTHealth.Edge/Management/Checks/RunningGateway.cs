namespace IoTHealth.Edge.Management.Checks;

/// <summary>Whether a gateway runs on a data folder: it holds the folder's lock.</summary>
internal static class RunningGateway
{
    public static bool IsOn(string folder)
    {
        var path = Path.Combine(folder, "journal.lock");
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"{folder} belongs to the gateway's own user: sudo -u iothealth iothealth-edge check …");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
