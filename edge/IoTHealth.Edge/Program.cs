using IoTHealth.Edge.Management;

return await EdgeCommands.RunAsync(EdgeCommands.Root(), args);
