using System.Diagnostics;

namespace IoTHealth.Testing;

/// <summary>Makes the start of a child that dies with us and does not get our terminal's Ctrl-C.</summary>
internal static class ChildStart
{
    private static readonly IReadOnlyList<string> Prefix = FindPrefix();

    public static ProcessStartInfo For(ServerCommand command)
    {
        string[] line = [.. Prefix, command.Program, .. command.Arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // Both replace themselves by the program, so the process id stays that of the child we started.
    private static List<string> FindPrefix()
    {
        List<string> prefix = [];
        if (Require.Find("setsid") is { } setsid)
        {
            prefix.Add(setsid);
        }

        if (Require.Find("setpriv") is { } setpriv)
        {
            prefix.AddRange([setpriv, "--pdeathsig", "TERM"]);
        }

        return prefix;
    }
}
