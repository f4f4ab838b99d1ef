using System.Security.Cryptography;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Security;

/// <summary>Gateways registered, revoked and given another key while the cloud runs.</summary>
public sealed class GatewaysWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly CloudFolder _folder = new();
    private readonly byte[] _other = RandomNumberGenerator.GetBytes(32);
    private RunningCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        SecretFile.Write(_folder.Folder.File("gw-02.key"), Convert.ToBase64String(_other));
        _cloud = await RunningCloud.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_is_added_comes_in_and_the_others_are_not_disturbed()
    {
        await using var first = await _cloud.ConnectAsync();
        await Assert.ThrowsAnyAsync<Exception>(SecondAsync);
        _folder.WriteConfiguration(null, "{ id: gw-01, keyFile: gw-01.key }, { id: gw-02, keyFile: gw-02.key }");

        await using var second = await ComesInAsync(SecondAsync);
        Assert.True(first.IsConnected);
    }

    [Fact]
    public async Task A_gateway_that_is_revoked_is_cut_and_stays_out()
    {
        await using var gateway = await _cloud.ConnectAsync();
        _folder.WriteConfiguration(null, "{ id: gw-02, keyFile: gw-02.key }");

        await Eventually.HoldsAsync("the end of the session", () => !gateway.IsConnected, Soon);
        await Assert.ThrowsAnyAsync<Exception>(_cloud.ConnectAsync);
    }

    [Fact]
    public async Task A_gateway_whose_key_changes_is_cut_and_comes_in_with_the_new_one()
    {
        await using var gateway = await _cloud.ConnectAsync();
        SecretFile.Write(_folder.Folder.File("gw-01.key"), Convert.ToBase64String(_other));

        await Eventually.HoldsAsync("the end of the session", () => !gateway.IsConnected, Soon);
        await using var again = await Gateway.ConnectAsync("gw-01", _other, _cloud.Host.Hub, _folder.Certificates.AuthorityFile);
        await Assert.ThrowsAnyAsync<Exception>(_cloud.ConnectAsync);
    }

    [Fact]
    public async Task A_file_with_a_mistake_is_told_and_the_former_gateways_stay()
    {
        await using var gateway = await _cloud.ConnectAsync();
        _folder.WriteConfiguration(null, "{ id: gw-01, keyFile: gw-01.key }, { id: gw-01, keyFile: gw-02.key }");
        var status = await Eventually.SeesAsync("the refusal", _ => _cloud.GetAsync("/status"), s => s["registry"]!["refusal"] is not null, Soon);

        Assert.Contains("'gw-01' is taken", (string?)status["registry"]!["refusal"], StringComparison.Ordinal);
        Assert.True(gateway.IsConnected);
        _folder.WriteConfiguration(null);
        await Eventually.SeesAsync("no refusal", _ => _cloud.GetAsync("/status"), s => s["registry"]!["refusal"] is null, Soon);
    }

    private Task<Gateway> SecondAsync() => Gateway.ConnectAsync("gw-02", _other, _cloud.Host.Hub, _folder.Certificates.AuthorityFile);

    private static Task<Gateway> ComesInAsync(Func<Task<Gateway>> connect) => Eventually.SeesAsync(
        "it comes in",
        async _ =>
        {
            try
            {
                return await connect();
            }
            catch (Exception e)
            {
                throw new IOException(e.Message, e);
            }
        },
        gateway => gateway.IsConnected, Soon, TimeSpan.FromMilliseconds(250));
}
