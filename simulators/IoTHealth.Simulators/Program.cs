using IoTHealth.Simulators.CommandLine;

return await SimulatorProgram.RunAsync(args, TimeProvider.System, Console.Out, Console.Error);
