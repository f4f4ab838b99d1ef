using System.Globalization;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Facilities;

/// <summary>edge.yaml.</summary>
internal static class EdgeDocument
{
    public static string Of(Facility facility, string bus, bool influx) => string.Create(CultureInfo.InvariantCulture, $"""
        gateway: {Facility.Gateway}
        data: edge-data
        timeZone: Asia/Tokyo
        mqtt: {"{"} address: 127.0.0.1, port: {facility.Ports.Mqtt}, certificate: edge.pem, key: edge.key {"}"}
        api: {"{"} address: 127.0.0.1, port: {facility.Ports.EdgeApi} {"}"}
        mllp: {"{"} address: 127.0.0.1, port: {facility.Ports.Mllp} {"}"}
        bluetooth: {"{"} bus: "{bus}" {"}"}
        devices:
        {string.Concat(facility.Devices.Select(Device))}{string.Concat(facility.Bedside.Select(Device))}
        stations:
          - key: {facility.Station.Key}
            password: {PasswordHash.Of(facility.Station.Password)}
        alarms:
          rules: rules.yaml
          webhooks: [ {"{"} url: "https://127.0.0.1:{facility.Ports.Webhook}/calls", ca: ca.pem {"}"} ]
        uplink: {"{"} host: 127.0.0.1, port: {facility.Ports.Hub}, hubHost: hub.iothealth.local, keyFile: {Facility.Gateway}.key, ca: ca.pem {"}"}
        {(influx ? Influx(facility.Ports.Influx) : "")}
        """);

    private static string Device(Robot robot) => $"""
          - key: {robot.Key}
            profile: watch-over-robot
            maker: {Robot.Maker}
            model: {Robot.Model}
            serial: {robot.Serial}
            place: {robot.Place}
            password: {PasswordHash.Of(robot.Password)}

        """;

    private static string Device(BedsideDevice device) => $"""
          - key: {device.Key}
            profile: {device.Profile}
            maker: {device.Maker}
            model: {device.Model}
            serial: {device.Serial}
            place: {device.Place}
        {(device.Line is { } line ? $"    line: {{ path: {line} }}" : device.Radio is { } radio ? $"    radio: {{ address: \"{radio}\" }}" : "")}

        """;

    private static string Influx(int port) => string.Create(
        CultureInfo.InvariantCulture,
        $"influx: {{ version: 1, url: \"http://127.0.0.1:{port}\", database: {Facility.Database} }}\n");
}
