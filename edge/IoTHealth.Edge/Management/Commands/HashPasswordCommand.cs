using System.CommandLine;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>hash-password</c>: the form in which a configuration holds a password.</summary>
internal static class HashPasswordCommand
{
    public static Command Create()
    {
        var command = new Command(
            "hash-password",
            "Reads a password from standard input and prints the hash for the configuration.\n\nExamples:\n  openssl rand -base64 18 | tee robot-01.password | iothealth-edge hash-password");
        command.SetAction(_ => Invocation.Try(() =>
        {
            var password = Console.In.ReadLine();
            if (string.IsNullOrEmpty(password))
            {
                throw new IOException("no password came on standard input");
            }

            Console.WriteLine(PasswordHash.Create(password));
        }));
        return command;
    }
}
