using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Uplink;

/// <summary>The generation that a position belongs to.</summary>
/// <param name="Generation">Which.</param>
/// <param name="Last">Its last position, at most the journal's head.</param>
internal sealed record GenerationRange(JournalGeneration Generation, long Last)
{
    /// <param name="generations">In the order in which they began.</param>
    /// <param name="position">A position, from 1.</param>
    /// <param name="head">The journal's last.</param>
    public static GenerationRange Of(IReadOnlyList<JournalGeneration> generations, long position, long head)
    {
        var index = generations.Count - 1;
        while (index > 0 && generations[index].Base >= position)
        {
            index--;
        }

        return new GenerationRange(generations[index], LastOf(generations, index, head));
    }

    /// <summary>By its GUID; null where it is none of ours, or nothing belongs to it any more.</summary>
    public static GenerationRange? Of(IReadOnlyList<JournalGeneration> generations, Guid guid, long head)
    {
        for (var index = 0; index < generations.Count; index++)
        {
            if (generations[index].Guid == guid)
            {
                return new GenerationRange(generations[index], LastOf(generations, index, head));
            }
        }

        return null;
    }

    // What began later takes everything after its base.
    private static long LastOf(IReadOnlyList<JournalGeneration> generations, int index, long head) =>
        generations.Skip(index + 1).Select(later => later.Base).Append(head).Min();
}
