using System.Security.Cryptography;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Facilities;

/// <summary>Writes what the programs read: certificates, keys, passwords and configuration files.</summary>
internal sealed class FacilityLayout(FacilityFolder folder, Facility facility, TimeProvider time)
{
    public void Write(bool influx)
    {
        WriteSecretsOnce();
        WritePasswords();
        // The edge's file holds password hashes, so it is private too.
        SecretFile.Write(folder.EdgeConfiguration, EdgeDocument.Of(facility with { Bedside = [.. facility.Bedside.Select(Placed)] }, folder.BusAddress, influx));
        File.WriteAllText(folder.CloudConfiguration, CloudDocument.Of(facility.Ports));
        File.WriteAllText(folder.File("rules.yaml"), RulesDocument.Text);
        SecretFile.Write(folder.File("residents.yaml"), ResidentsDocument.Of(facility));
    }

    private BedsideDevice Placed(BedsideDevice device) => device.Line is { } line ? device with { Line = folder.File(line) } : device;

    private void WriteSecretsOnce()
    {
        if (File.Exists(folder.AuthorityFile))
        {
            return;
        }

        using var certificates = new TestCertificates(folder.Path, time);
        foreach (var server in new[] { "edge", "cloud", "fhir", "webhook" })
        {
            certificates.Issue(server);
        }

        SecretFile.Write(folder.File(Facility.Gateway + ".key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
    }

    private void WritePasswords()
    {
        foreach (var robot in facility.Devices)
        {
            SecretFile.Write(folder.PasswordFile(robot.Key), robot.Password);
        }

        File.WriteAllText(folder.Robots, RobotList.Of(facility.Robots));
        File.WriteAllText(folder.AllRobots, RobotList.Of(facility.Devices));
        File.WriteAllText(folder.WaitingRobots, RobotList.Of(facility.Waiting));
        File.WriteAllText(folder.RadioDevices, RadioList.Of(facility.Bedside));
    }
}
