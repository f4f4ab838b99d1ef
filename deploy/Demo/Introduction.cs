using System.Globalization;
using IoTHealth.Demo.Running;

namespace IoTHealth.Demo;

/// <summary>Says at the start where everything is and how to lay hands on it.</summary>
internal static class Introduction
{
    public static void Print(Stack stack)
    {
        foreach (var (title, text) in Lines(stack))
        {
            Console.WriteLine($"{title,-24}{text}");
        }

        Console.WriteLine();
    }

    private static IEnumerable<(string Title, string Text)> Lines(Stack stack)
    {
        var (ports, folder) = (stack.Facility.Ports, stack.Folder);
        var acknowledge = $"{stack.EdgeApi.Address}alarms/ALARM-ID/acknowledge";
        yield return ("folder", folder.Path);
        yield return ("logs", folder.File("logs"));
        yield return ("MQTT over TLS", Text($"127.0.0.1:{ports.Mqtt}"));
        yield return ("authority (CA)", folder.AuthorityFile);
        yield return ("edge API, token", $"{stack.EdgeApi.Address}live  {folder.EdgeToken}");
        yield return ("cloud API, token", $"{stack.CloudApi.Address}status  {folder.CloudToken}");
        yield return ("FHIR", Text($"https://127.0.0.1:{ports.Fhir}/fhir"));
        yield return ("publish a reading", Publish(stack));
        yield return ("acknowledge an alarm", Curl(folder.EdgeToken, $"-d '{{\"by\":\"nurse\"}}' {acknowledge}"));
        yield return ("list the alarms", Curl(folder.EdgeToken, $"{stack.EdgeApi.Address}alarms"));
    }

    // The device's clock is the shell's; the sequence is the second, so that repeated pastes are new readings.
    private static string Publish(Stack stack)
    {
        var robot = stack.Facility.Spare;
        return Text($"mosquitto_pub -h 127.0.0.1 -p {stack.Facility.Ports.Mqtt} --cafile {stack.Folder.AuthorityFile} -q 1 -V mqttv311 ")
            + $"-i {robot.Key} -u {robot.Key} -P {robot.Password} -t {robot.Topic} "
            + "-m \"{\\\"seq\\\":$(date +%s),\\\"ts\\\":\\\"$(date +%FT%T.%3N%:z)\\\",\\\"hr\\\":61}\"";
    }

    private static string Curl(string tokenFile, string rest) =>
        $"curl -s -H \"Authorization: Bearer $(cat {tokenFile})\" -H 'Content-Type: application/json' {rest}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
