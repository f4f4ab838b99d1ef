using System.Globalization;
using System.Text.Json;
using IoTHealth.Devices;
using IoTHealth.Devices.BloodPressure;
using IoTHealth.Devices.Codecs.Astm;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Devices.Glucose;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Edge.Management.Explaining;

/// <summary>What bytes hold, step by step, and what a driver's decoder makes of them. Pure: nothing is stored or sent.</summary>
/// <param name="Steps">Frames and fields, in the order of the bytes.</param>
/// <param name="Upload">Readings and refusals.</param>
internal sealed record ByteSteps(IReadOnlyList<string> Steps, DecodedUpload Upload)
{
    /// <summary>Reads bytes as a device of a profile sends them.</summary>
    /// <param name="profile">A profile of the catalogue.</param>
    /// <param name="characteristic">For Bluetooth LE which characteristic, such as <c>2A35</c>; null for the profile's measurement.</param>
    /// <exception cref="ArgumentException">There is no such profile, or these bytes cannot be read outside of a conversation.</exception>
    public static ByteSteps Of(string profile, string? characteristic, ReadOnlyMemory<byte> bytes, DeviceContext device, DriverCatalog catalog)
    {
        if (catalog.Reports.TryGetValue(profile, out var reports))
        {
            return Report(reports, bytes);
        }

        if (catalog.Mqtt.TryGetValue(profile, out var mqtt))
        {
            return new ByteSteps([.. Leaves(bytes)], mqtt.Read(new MqttMessage(mqtt.Topics(device.Key)[0], bytes, 1, Retain: false, Duplicate: false), device));
        }

        if (catalog.Serial.TryGetValue(profile, out var serial))
        {
            return serial is ContourMeterDriver ? Meter(serial.ReportBytes > 0, bytes, device) : throw Unreadable(profile);
        }

        return catalog.Gatt.TryGetValue(profile, out var gatt)
            ? Characteristic(gatt, characteristic, bytes, profile)
            : throw new ArgumentException($"there is no profile '{profile}' (known: {string.Join(", ", catalog.Names)})");
    }

    private static ArgumentException Unreadable(string profile) => new($"bytes of '{profile}' cannot be read outside of a conversation with the device");

    private static ByteSteps Report(IReportDriver driver, ReadOnlyMemory<byte> bytes)
    {
        // With or without the bytes that frame a message on a line.
        var blocks = bytes.Length > 0 && bytes.Span[0] == MllpDeframer.Start ? new MllpDeframer().Push(bytes.Span) : [bytes.ToArray()];
        var steps = new List<string>();
        var uploads = new List<DecodedUpload>();
        foreach (var block in blocks)
        {
            if (Hl7Message.TryRead(block, out var message, out _))
            {
                steps.AddRange(message.Segments.Select((segment, index) => string.Create(CultureInfo.InvariantCulture, $"segment {index + 1}: {segment.Line}")));
            }

            uploads.Add(driver.Read(block).Upload);
        }

        return new ByteSteps(steps, Joined(uploads));
    }

    private static ByteSteps Meter(bool isHid, ReadOnlyMemory<byte> bytes, DeviceContext device)
    {
        var steps = new List<string>();
        var (upload, records, uploads) = (new AstmUpload(), new ContourRecords(device.Serial), new List<DecodedUpload>());
        foreach (var found in new AstmScanner().Push(isHid ? new HidReports().Push(bytes.ToArray()) : bytes.Span))
        {
            switch (found)
            {
                case AstmEvent.Frame { Content: var frame }:
                    var verdict = upload.Add(frame, out var texts);
                    steps.Add(string.Create(CultureInfo.InvariantCulture, $"frame {frame.Number} ({verdict}): {frame.Text.TrimEnd()}"));
                    uploads.Add(records.Read(texts));
                    break;
                case AstmEvent.Damaged damaged:
                    steps.Add($"damaged frame: {damaged.Reason}: {Convert.ToHexStringLower(damaged.Raw)}");
                    uploads.Add(DecodedUpload.Refused(damaged.Reason, damaged.Raw));
                    break;
                default:
                    steps.Add(found is AstmEvent.Enquiry ? "enquiry" : "end");
                    break;
            }
        }

        return new ByteSteps(steps, Joined(uploads));
    }

    private static ByteSteps Characteristic(IGattDriver driver, string? characteristic, ReadOnlyMemory<byte> bytes, string profile) => (driver, characteristic?.ToUpperInvariant()) switch
    {
        (BloodPressureCuffDriver, null or "2A35") => new ByteSteps(
            Field("2A35", BloodPressureMeasurement.TryRead(bytes.Span, out var pressure, out _) ? pressure : null), new BloodPressureRecords(null, null).Read(bytes)),
        (GlucoseMeterDriver, null or "2A18") => new ByteSteps(
            Field("2A18", GlucoseMeasurement.TryRead(bytes.Span, out var glucose, out _) ? glucose : null),
            new GlucoseRecords(null).Read([new GattValue(GlucoseService.Measurement, bytes)])),
        (GlucoseMeterDriver, "2A34") => Context(bytes),
        (BloodPressureCuffDriver or GlucoseMeterDriver, _) => throw new ArgumentException($"'{profile}' reads nothing from characteristic {characteristic}"),
        _ => throw Unreadable(profile),
    };

    private static ByteSteps Context(ReadOnlyMemory<byte> bytes) => GlucoseContext.TryRead(bytes.Span, out var context, out var reason)
        ? new ByteSteps(Field("2A34", context), new DecodedUpload([], []))
        : new ByteSteps([], DecodedUpload.Refused(reason, bytes));

    private static IReadOnlyList<string> Field(string characteristic, object? value) => value is null ? [] : [$"{characteristic}: {value}"];

    private static IEnumerable<string> Leaves(ReadOnlyMemory<byte> bytes)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            // The decoder says where and why.
            yield break;
        }

        using (document)
        {
            foreach (var leaf in Leaves(document.RootElement, "$"))
            {
                yield return leaf;
            }
        }
    }

    private static IEnumerable<string> Leaves(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Leaves(field.Value, $"{path}.{field.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Leaves(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"))),
        _ => [$"{path} = {element.GetRawText()}"],
    };

    private static DecodedUpload Joined(List<DecodedUpload> uploads) =>
        new([.. uploads.SelectMany(one => one.Measurements)], [.. uploads.SelectMany(one => one.Refusals)]) { Documents = [.. uploads.SelectMany(one => one.Documents)] };
}
