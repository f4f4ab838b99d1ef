using System.Globalization;
using IoTHealth.Demo.Running;
using IoTHealth.Testing;

namespace IoTHealth.Demo;

/// <summary>Says at the start where everything is and how to lay hands on it, on the console and in the folder's README.txt.</summary>
internal sealed class Introduction(Stack stack)
{
    private const int TitleWidth = 24;

    public void Tell()
    {
        var text = string.Concat(Lines().Select(line => line.Title.PadRight(TitleWidth) + line.Text + "\n"));
        SecretFile.Write(stack.Folder.ReadmeFile, text);
        Console.WriteLine(text);
    }

    private IEnumerable<(string Title, string Text)> Lines()
    {
        var (ports, folder, edge) = (stack.Facility.Ports, stack.Folder, stack.EdgeApi.Address);
        yield return ("folder", folder.Path);
        yield return ("this text", folder.ReadmeFile);
        yield return ("logs", folder.File("logs"));
        yield return ("MQTT over TLS", Text($"127.0.0.1:{ports.Mqtt}"));
        yield return ("authority (CA)", folder.AuthorityFile);
        yield return ("edge API, token", $"{edge}live  {folder.EdgeToken}");
        yield return ("cloud API, token", $"{stack.CloudApi.Address}status  {folder.CloudToken}");
        yield return ("FHIR", Text($"https://127.0.0.1:{ports.Fhir}/fhir"));
        yield return ("publish a reading", Publish());
        yield return ("list the alarms", Curl($"{edge}alarms"));
        yield return ("acknowledge all alarms", Acknowledge());
        yield return ("… one of them", Acknowledge() + " ALARM-ID     (its first digits, as the view shows them)");
        yield return ("… over HTTP", Curl($"-w '%{{http_code}}\\n' -d '{{\"by\":\"nurse\"}}' {edge}alarms/ALARM-ID/acknowledge") + "     (all 32 digits)");
    }

    // The device's clock is the shell's; the sequence is the second, so that repeated pastes are new readings.
    private string Publish()
    {
        var (robot, folder) = (stack.Facility.Spare, stack.Folder);
        return Text($"mosquitto_pub -h 127.0.0.1 -p {stack.Facility.Ports.Mqtt} --cafile {Shell.Quote(folder.AuthorityFile)} -q 1 -V mqttv311 ")
            + $"-i {robot.Key} -u {robot.Key} -P \"$(cat {Shell.Quote(folder.PasswordFile(robot.Key))})\" -t {robot.Topic} "
            + "-m \"{\\\"seq\\\":$(date +%s),\\\"ts\\\":\\\"$(date +%FT%T.%3N%:z)\\\",\\\"hr\\\":61}\"";
    }

    private string Acknowledge() =>
        $"{Shell.Quote(ProgramFiles.Find("Demo"))} acknowledge --folder {Shell.Quote(stack.Folder.Path)} --by nurse";

    private string Curl(string rest) =>
        $"curl -sS -H \"Authorization: Bearer $(cat {Shell.Quote(stack.Folder.EdgeToken)})\" -H 'Content-Type: application/json' {rest}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
