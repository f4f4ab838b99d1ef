using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

namespace IoTHealth.Benchmarks.Load;

/// <summary>The yardstick: MQTTnet's server behind Kestrel with TLS, as the gateway hosts it, whose interceptor does nothing.</summary>
internal static class BareBroker
{
    public static Command Command { get; } = Make();

    private static Command Make()
    {
        var certificate = new Option<string>("--certificate") { Required = true };
        var key = new Option<string>("--key") { Required = true };
        var command = new Command("bare-broker", "MQTTnet's server with an empty interceptor") { certificate, key };
        command.Hidden = true;
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(certificate)!, parsed.GetValue(key)!, stop));
        return command;
    }

    private static async Task<int> RunAsync(string certificateFile, string keyFile, CancellationToken stop)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHostedMqttServer(options => options.WithoutDefaultEndpoint());
        builder.Services.AddMqttConnectionHandler();
        builder.Services.AddConnections();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.None;
            listen.UseHttps(certificate);
            listen.UseMqtt();
        }));
        await using var app = builder.Build();
        app.Services.GetRequiredService<MqttServer>().InterceptingPublishAsync += _ => Task.CompletedTask;
        await app.StartAsync(stop);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine($"READY mqtt=127.0.0.1:{new Uri(address).Port}");
        await app.WaitForShutdownAsync(stop);
        return 0;
    }
}
