namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>One measurement as a cuff stores it.</summary>
/// <param name="Index">Counts a cuff's measurements, from 1.</param>
/// <param name="Time">What its clock showed, whole seconds.</param>
/// <param name="Mean">Null where it could not be told.</param>
/// <param name="Pulse">Per minute.</param>
/// <param name="User">The slot it was stored under.</param>
/// <param name="Status">Measurement status as in 2A35.</param>
internal sealed record CuffReading(
    int Index, DateTime Time, PressureUnit Unit, decimal Systolic, decimal Diastolic, decimal? Mean, decimal Pulse, int User, int Status);
