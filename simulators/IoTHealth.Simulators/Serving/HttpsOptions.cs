using System.CommandLine;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Serving;

/// <summary>The options every HTTPS receiver has.</summary>
internal sealed class HttpsOptions
{
    private readonly Option<int> _port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 0 }.Within(0, 65535);
    private readonly Option<FileInfo> _certificate = Options.File("--cert", "PEM file of the certificate chain.");
    private readonly Option<FileInfo> _key = Options.File("--key", "PEM file of its PKCS#8 key.");

    public void AddTo(Command command)
    {
        command.Add(_port);
        command.Add(_certificate);
        command.Add(_key);
    }

    public HttpsEndpoint Read(ParseResult parsed) => new(
        parsed.GetValue(_port), ServerCertificate.Read(parsed.GetRequiredValue(_certificate).FullName, parsed.GetRequiredValue(_key).FullName));
}

/// <summary>Where to serve and with which certificate.</summary>
internal sealed record HttpsEndpoint(int Port, ServerCertificate Certificate);
