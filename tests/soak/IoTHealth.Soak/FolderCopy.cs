namespace IoTHealth.Soak;

/// <summary>A backup as people make it: the files of a folder, beside it.</summary>
internal static class FolderCopy
{
    private const string Suffix = ".yesterday";

    public static void Keep(string folder) => Copy(folder, folder + Suffix);

    /// <summary>Puts the copy in the folder's place.</summary>
    public static void Restore(string folder) => Copy(folder + Suffix, folder);

    // Flat, as the programs' data folders are; each file with its mode.
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var old in Directory.EnumerateFiles(to))
        {
            File.Delete(old);
        }

        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
