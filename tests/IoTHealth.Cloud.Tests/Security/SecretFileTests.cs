using IoTHealth.Cloud.Security;
using IoTHealth.Testing;
using SecretFile = IoTHealth.Cloud.Security.SecretFile;

namespace IoTHealth.Cloud.Tests.Security;

public sealed class SecretFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Token => _folder.File("api.token");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void An_empty_secret_is_refused(string text)
    {
        IoTHealth.Testing.SecretFile.Write(Token, text);
        Assert.Contains("empty", Assert.Throws<StartException>(() => SecretFile.ReadOrCreate(Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_secret_appears_whole_though_a_crash_left_half_of_one()
    {
        File.WriteAllText(Token + ".new", "half");

        var secret = SecretFile.ReadOrCreate(Token);

        Assert.Equal(64, secret.Length);
        Assert.Equal(secret, SecretFile.ReadOrCreate(Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Token));
        Assert.False(File.Exists(Token + ".new"));
    }
}
