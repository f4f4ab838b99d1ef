using IoTHealth.Edge.Management;

return await EdgeCommands.Root().Parse(args).InvokeAsync();
