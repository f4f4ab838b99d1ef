using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Management;

public sealed class SignInTests : IDisposable
{
    private static readonly IPAddress Ward = IPAddress.Parse("192.168.1.7");

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly ApiToken _token;
    private readonly SignIn _signIn;

    public SignInTests()
    {
        _token = new ApiToken(_folder.Path);
        _signIn = new SignIn(
            _token,
            new ApiSettings("127.0.0.1", 0) { Users = [new ApiUserSettings("nurse.sato", Edge.Registry.PasswordHash.Create("right: with colon"))] },
            new AuditLog(_folder.Path, _time),
            _time);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Staff_sign_in_by_name_and_password_over_TLS_and_the_box_by_its_token()
    {
        Assert.Equal(new ApiCaller("nurse.sato", ApiRole.Staff), _signIn.Try(Basic("nurse.sato", "right: with colon"), isTls: true, Ward).Caller);
        Assert.Equal(ApiCaller.Box, _signIn.Try("Bearer " + File.ReadAllText(_folder.File("api.token")), isTls: false, IPAddress.Loopback).Caller);
    }

    [Fact]
    public void A_password_in_the_clear_is_refused_even_where_it_is_right() =>
        Assert.Null(_signIn.Try(Basic("nurse.sato", "right: with colon"), isTls: false, Ward).Caller);

    [Theory]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm8gY29sb24=")]
    [InlineData("Digest x")]
    [InlineData("")]
    [InlineData(null)]
    public void Whatever_is_no_credential_is_refused(string? authorization)
    {
        var result = _signIn.Try(authorization, isTls: true, Ward);
        Assert.Null(result.Caller);
        Assert.NotEmpty(result.Refusal);
    }

    [Fact]
    public void Five_failures_make_an_address_wait_out_the_minute_and_no_other()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.False(_signIn.Try(Basic("nurse.sato", $"guess {i}"), isTls: true, Ward).IsGuessing);
        }

        var right = Basic("nurse.sato", "right: with colon");
        Assert.True(_signIn.Try(right, isTls: true, Ward).IsGuessing);
        Assert.NotNull(_signIn.Try(right, isTls: true, IPAddress.Parse("192.168.1.8")).Caller);
        Assert.NotNull(_signIn.Try("Bearer " + File.ReadAllText(_folder.File("api.token")), isTls: true, Ward).Caller);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(_signIn.Try(right, isTls: true, Ward).Caller);
    }

    [Fact]
    public void Failures_are_written_down_without_what_a_stranger_typed()
    {
        _signIn.Try(Basic("nurse.sato", "wrong-secret"), isTls: true, Ward);
        _signIn.Try(Basic("a password typed as a name", "x"), isTls: true, Ward);
        var audit = File.ReadAllText(_folder.File("audit.jsonl"));
        Assert.Equal(["nurse.sato", "unknown name"], File.ReadAllLines(_folder.File("audit.jsonl")).Select(line => (string?)JsonNode.Parse(line)!["who"]));
        Assert.Contains("192.168.1.7", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("typed as a name", audit, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_without_number_take_no_memory_without_bound()
    {
        for (var i = 0; i < 3_000; i++)
        {
            _signIn.Try("Bearer wrong", isTls: true, new IPAddress(i + 1));
        }

        Assert.InRange(File.ReadAllLines(_folder.File("audit.jsonl")).Length, 1_000, 1_001);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(_signIn.Try(Basic("nurse.sato", "right: with colon"), isTls: true, Ward).Caller);
    }

    private static string Basic(string name, string password) => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))).ToString();
}
