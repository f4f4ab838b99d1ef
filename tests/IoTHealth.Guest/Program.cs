using IoTHealth.Guest;
using IoTHealth.Links.Serial;

if (args is not ["write", var adapter] || !UsbLine.TryParse(adapter, out var line))
{
    Console.Error.WriteLine("usage: IoTHealth.Guest write VENDOR:PRODUCT[:SERIAL]    writes to a serial adapter until it is pulled out; run in the virtual machine");
    return 2;
}

return await EndlessWriting.RunAsync(line.Find());
