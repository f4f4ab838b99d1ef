using System.CommandLine;
using IoTHealth.VectorRunner;

var file = new Argument<FileInfo>("file") { Description = "Vectors, one JSON object a line" }.AcceptExistingOnly();
var root = new RootCommand("Runs protocol vectors through the product's decoders") { file };
root.SetAction(parsed => new VectorRun(Console.Out).Run(File.ReadLines(parsed.GetRequiredValue(file).FullName)));
var given = root.Parse(args);
return given.Errors.Count == 0 ? await given.InvokeAsync() : Refuse(given.Errors.Select(error => error.Message));

static int Refuse(IEnumerable<string> reasons)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, reasons));
    return 2;
}
