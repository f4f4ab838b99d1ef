using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>Blood Pressure Measurement (2A35) of the Blood Pressure Service 1.0: flags, three pressures, time, pulse, user, status.</summary>
internal static class BloodPressureValue
{
    private const int HasTime = 0x02;
    private const int HasPulse = 0x04;
    private const int HasUser = 0x08;
    private const int HasStatus = 0x10;

    public static byte[] Encode(CuffReading reading) => new ValueWriter()
        .Byte(reading.Unit.Flag | HasTime | HasPulse | HasUser | HasStatus)
        .Word(Sfloat.Of(reading.Systolic))
        .Word(Sfloat.Of(reading.Diastolic))
        .Word(reading.Mean is { } mean ? Sfloat.Of(mean) : Sfloat.NotANumber)
        .DateTime(reading.Time)
        .Word(Sfloat.Of(reading.Pulse))
        .Byte(reading.User)
        .Word(reading.Status)
        .ToArray();
}
