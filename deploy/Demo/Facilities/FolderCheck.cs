namespace IoTHealth.Demo.Facilities;

/// <summary>Whether a folder can hold the facility that is asked for, said before anything is written there.</summary>
internal static class FolderCheck
{
    /// <summary>Makes the folder when it is not there.</summary>
    /// <param name="path">The folder asked for.</param>
    /// <param name="robots">Robots asked for, or null for as many as there are.</param>
    /// <exception cref="InvalidDataException">It cannot; the message says why and what to do.</exception>
    public static void Check(string path, int? robots)
    {
        Make(path);
        if (Facility.Load(Path.Combine(path, FacilityFolder.FacilityName)) is { } facility)
        {
            RefuseUnlessAsMany(path, facility.Robots.Count, robots);
        }
        else if (Directory.EnumerateFileSystemEntries(path).Any(entry => !FolderLock.Owns(Path.GetFileName(entry))))
        {
            throw new InvalidDataException(
                $"{path} is not empty and holds no {FacilityFolder.FacilityName}: keys and passwords would be written between what lies there. "
                + "Name a new or empty folder, or one that an earlier demo made");
        }
    }

    private static void Make(string path)
    {
        try
        {
            FacilityFolder.MakePrivate(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the folder {path} cannot be made: {error.Message}", error);
        }
    }

    private static void RefuseUnlessAsMany(string path, int there, int? asked)
    {
        if (asked is { } robots && robots != there)
        {
            throw new InvalidDataException(
                $"--robots {robots}: the facility in {path} has {there} robots with residents. Leave --robots out, or name another folder");
        }
    }
}
