using IoTHealth.Cloud.Log;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Log;

public sealed class SqliteMeasurementLogTests : MeasurementLogContract
{
    private readonly TestFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void The_file_is_closed_to_others() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("log.db")));

    protected override Task<IMeasurementLog> OpenAsync() => Task.FromResult<IMeasurementLog>(SqliteMeasurementLog.Open(_folder.File("log.db")));
}
