using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>A box that no operator signs for: its own file, read again when it changes.</summary>
public sealed class LocalFileWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Box _box = new();

    public async ValueTask InitializeAsync() => await _box.StartAsync(Document("robot-01"));

    public async ValueTask DisposeAsync() => await _box.DisposeAsync();

    [Fact]
    public async Task An_edit_is_taken_up_by_itself_and_disturbs_nobody_else()
    {
        using var robot = await _box.ConnectAsync("robot-01");
        _box.Write("edge.yaml", Document("robot-01", "robot-02"));
        await Eventually.HoldsAsync("the edit is in force", () => Find("robot-02"), Patience);
        Assert.True(await robot.PublishAsync());
        Assert.Equal(0, robot.Cuts);
    }

    [Fact]
    public async Task A_bad_edit_is_refused_with_its_line_and_mending_it_clears_that()
    {
        _box.Write("edge.yaml", Document("robot-01", "robot-02") + "oops: 1\n");
        await Eventually.HoldsAsync("the refusal", () => Status.Refusal is not null, Patience);
        Assert.Contains("edge.yaml:", Status.Refusal, StringComparison.Ordinal);
        Assert.Contains("unknown key 'oops'", Status.Refusal, StringComparison.Ordinal);
        Assert.False(Find("robot-02"));
        Assert.True(Find("robot-01"));

        _box.Write("edge.yaml", Document("robot-01", "robot-02"));
        await Eventually.HoldsAsync("the mended edit", () => Find("robot-02") && Status.Refusal is null, Patience);
    }

    [Fact]
    public async Task A_file_that_goes_and_comes_back_is_told_and_changes_nothing()
    {
        var text = File.ReadAllText(_box.ConfigurationFile);
        File.Delete(_box.ConfigurationFile);
        await Eventually.HoldsAsync("that it is gone", () => Status.Refusal is not null, Patience);
        Assert.True(Find("robot-01"));
        _box.Write("edge.yaml", text);
        await Eventually.HoldsAsync("that it is back", () => Status.Refusal is null, Patience);
    }

    [Fact]
    public async Task A_half_saved_file_is_not_taken()
    {
        var watch = _box.App.Services.GetServices<IHostedService>().OfType<LocalFileWatch>().Single();
        await watch.StopAsync(TestContext.Current.CancellationToken);
        await LookAsync(watch);
        _box.Write("edge.yaml", Document("robot-01", "robot-02"));
        await LookAsync(watch);
        _box.Write("edge.yaml", Document("robot-01", "robot-02", "robot-03"));
        await LookAsync(watch);
        Assert.False(Find("robot-02"));
        await LookAsync(watch);
        Assert.True(Find("robot-02") && Find("robot-03"));
    }

    private static Task LookAsync(LocalFileWatch watch) => watch.LookAsync(TestContext.Current.CancellationToken);

    private ConfigurationStatus Status => _box.App.Services.GetRequiredService<ConfigurationStatus>();

    private bool Find(string key) => _box.App.Services.GetRequiredService<DeviceRegistry>().Find(key) is not null;

    private static string Document(params IEnumerable<string> robots) => Box.Document(robots.Select(robot => Box.Robot(robot)));
}
