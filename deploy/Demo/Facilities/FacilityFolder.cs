namespace IoTHealth.Demo.Facilities;

/// <summary>What lies where in a facility's folder.</summary>
public sealed class FacilityFolder
{
    /// <summary>The file that makes a folder a facility's.</summary>
    public const string FacilityName = "facility.json";

    /// <param name="path">Created with mode 0700 when it is not there.</param>
    public FacilityFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        MakePrivate(Path);
        foreach (var part in new[] { "logs", "out", "out-waiting", "passwords" })
        {
            MakePrivate(File(part));
        }
    }

    public string Path { get; }

    public string FacilityFile => File(FacilityName);

    /// <summary>Where everything is, in words.</summary>
    public string ReadmeFile => File("README.txt");

    public string AuthorityFile => File("ca.pem");

    public string EdgeConfiguration => File("edge.yaml");

    public string CloudConfiguration => File("cloud.yaml");

    public string EdgeToken => File("edge-data/api.token");

    public string CloudToken => File("cloud-data/api.token");

    /// <summary>The devices the simulator plays.</summary>
    public string Robots => File("robots.json");

    /// <summary>The devices without a resident that another simulator plays.</summary>
    public string WaitingRobots => File("robots-waiting.json");

    /// <summary>All devices, those included that no simulator plays: who may appear in a recording.</summary>
    public string AllRobots => File("robots-all.json");

    /// <summary>The Bluetooth devices the simulator plays.</summary>
    public string RadioDevices => File("radio-devices.json");

    /// <summary>The private D-Bus on which simulated Bluetooth is to be had.</summary>
    public string BusSocket => File("bus");

    public string BusAddress => "unix:path=" + BusSocket;

    /// <summary>What the simulators wrote: the counting report's only truth.</summary>
    public string Out => File("out");

    /// <summary>The same for robots without a resident, whose readings become no Observation.</summary>
    public string OutWaiting => File("out-waiting");

    public string FhirFile => File("out/fhir.jsonl");

    public string WebhookFile => File("out/webhook.jsonl");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Log(string name) => File($"logs/{name}.log");

    public string PasswordFile(string key) => File($"passwords/{key}");

    /// <summary>Makes a folder that only its owner may enter; one that is there stays as it is.</summary>
    internal static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
