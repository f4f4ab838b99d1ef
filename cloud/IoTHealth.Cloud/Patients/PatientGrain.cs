namespace IoTHealth.Cloud.Patients;

/// <summary>One resident's latest values; its key is the resident's opaque key.</summary>
[Alias("IoTHealth.IPatientGrain")]
public interface IPatientGrain : IGrainWithStringKey
{
    /// <summary>Takes readings in any order; durable on return.</summary>
    [Alias("Apply")]
    Task ApplyAsync(LatestValue[] values);

    [Alias("Read")]
    Task<LatestValue[]> ReadAsync();
}

/// <summary>Keeps nothing in memory that the table does not hold.</summary>
public sealed class PatientGrain(LatestStore store) : Grain, IPatientGrain
{
    public Task ApplyAsync(LatestValue[] values) => store.ApplyAsync(this.GetPrimaryKeyString(), values, CancellationToken.None);

    public async Task<LatestValue[]> ReadAsync() => [.. await store.ReadAsync(this.GetPrimaryKeyString(), CancellationToken.None)];
}
