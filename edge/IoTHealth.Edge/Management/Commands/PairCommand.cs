using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>pair</c>: who waits to be paired, and registering one of them.</summary>
internal static class PairCommand
{
    private const int PasswordBytes = 16;

    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var number = new Argument<long?>("number") { Description = "Which of the list; without it the list is printed.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = "Key of the new device; an MQTT device's is the user name it told." };
        var place = new Option<string?>("--place") { Description = "Where it stands." };
        var profile = new Option<string?>("--profile") { Description = "Its driver (see devices list), for example watch-over-robot." };
        var maker = new Option<string?>("--maker") { Description = "Its maker, as on the label." };
        var model = new Option<string?>("--model") { Description = "Its model; what it told where left out." };
        var serial = new Option<string?>("--serial") { Description = "Its serial number; what it told where left out." };
        var line = new Option<string?>("--line") { Description = "Its serial line (path from the root), for one heard on a line." };
        var command = Invocation.Command(
            "pair",
            "Lists devices that tried to be heard and are not registered, or writes one of them into the box's own file. An MQTT device's new " +
            "password is shown once. While a signed configuration is in force the lines are printed as a proposal for the operator.",
            "pair", "pair 3 --key robot-07 --place 102-B --profile watch-over-robot --maker IoTHealth --model WatchOver-1 --serial R-0007");
        command.Arguments.Add(number);
        foreach (var option in new Option[] { config, key, place, profile, maker, model, serial, line })
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Invocation.Try(() =>
        {
            var box = EdgeConfiguration.Load(result.GetValue(config)!);
            var strangers = Strangers(box);
            if (result.GetValue(number) is not { } wanted)
            {
                Print(strangers);
                return;
            }

            var stranger = strangers.FirstOrDefault(one => one.Number == wanted)
                           ?? throw new ArgumentException($"there is no number {wanted} in the list; see: pair");
            string Needed(Option<string?> option, string told = "") => result.GetValue(option) ?? (told.Length > 0 ? told : throw new ArgumentException($"{option.Name} is needed"));
            var password = stranger.Link == "mqtt" ? RandomNumberGenerator.GetHexString(2 * PasswordBytes, lowercase: true) : null;
            var device = new DeviceSettings(
                Needed(key, stranger.Link == "mqtt" ? stranger.Told : ""), Needed(profile), Needed(maker), Needed(model, stranger.Model),
                Needed(serial, stranger.Link is "mllp" or "line" ? stranger.Told : ""), Needed(place),
                password is null ? null : PasswordHash.Create(password),
                Line: stranger.Link == "line" ? new LineSettings(Needed(line)) : null,
                Radio: stranger.Link == "bluetooth" ? new RadioSettings(stranger.Told) : null);
            Register(box, device, password);
        }));
        return command;
    }

    private static void Register(EdgeConfiguration box, DeviceSettings device, string? password)
    {
        var text = DeviceListing.With(File.ReadAllText(box.File!), box, device);
        _ = new DeviceRegistry(EdgeConfiguration.Parse(Encoding.UTF8.GetBytes(text), box.File!, box.File!), DriverCatalog.Load());
        if (SignedConfiguration.InForce(box).Status.IsSigned)
        {
            Console.WriteLine("A signed configuration is in force. Give this to the operator to sign:");
            Console.WriteLine($"  - {DeviceListing.Line(device)}");
        }
        else
        {
            Write(box.File!, text);
            new AuditLog(box.Data).Write(AuditLog.CommandLine, $"pair {device.Key}", "written");
            Console.WriteLine($"{box.File}: {device.Key} was added; a running gateway takes it up within seconds.");
        }

        if (password is not null)
        {
            Console.WriteLine($"MQTT user {device.Key}, password (shown this once): {password}");
        }
    }

    // Whole or not at all, with the mode that the file had.
    private static void Write(string path, string text)
    {
        var fresh = path + ".fresh";
        File.Copy(path, fresh, overwrite: true);
        using (var stream = new FileStream(fresh, FileMode.Truncate, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    private static IReadOnlyList<Stranger> Strangers(EdgeConfiguration box)
    {
        var path = Path.Combine(box.Data, "journal.db");
        if (!File.Exists(path))
        {
            throw new IOException($"{path}: no gateway ran here yet");
        }

        using var connection = JournalTables.Open(path, write: false);
        var registry = new DeviceRegistry(SignedConfiguration.InForce(box).Configuration, DriverCatalog.Load());
        return [.. PairingTable.Load(connection).Where(one => !PairingList.IsRegistered(one, registry))];
    }

    private static void Print(IReadOnlyList<Stranger> strangers)
    {
        Console.WriteLine(Row("no", "link", "identity it told", "model", "heard at", "times", "last heard"));
        foreach (var one in strangers.OrderByDescending(one => one.Last))
        {
            Console.WriteLine(Row(
                one.Number.ToString(CultureInfo.InvariantCulture), one.Link, one.Told, one.Model, one.Where, one.Times.ToString(CultureInfo.InvariantCulture),
                one.Last.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        }

        static string Row(string number, string link, string told, string model, string where, string times, string last) =>
            $"{number,-4} {link,-10} {told,-24} {model,-14} {where,-24} {times,-7} {last}";
    }
}
