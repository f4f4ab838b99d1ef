using System.CommandLine;
using IoTHealth.VectorRunner;

var file = new Argument<FileInfo>("file") { Description = "Vectors, one JSON object a line" }.AcceptExistingOnly();
var root = new RootCommand(
    "Runs protocol vectors through the product's decoders. "
    + "Exit code 0: no vector failed; 1: one failed; 2: bad usage, an unreadable file or one without vectors, which proves nothing") { file };
root.SetAction(parsed => RunFile(parsed.GetRequiredValue(file).FullName));
var given = root.Parse(args);
return given.Errors.Count == 0 ? await given.InvokeAsync() : Refuse(given.Errors.Select(error => error.Message + " (see --help)"));

static int RunFile(string path)
{
    try
    {
        var run = new VectorRun(Console.Out);
        run.Run(File.ReadLines(path));
        return run.Total.Count == 0 ? Refuse([$"{path}: no vector, so nothing is proven"]) : run.Total.Failed == 0 ? 0 : 1;
    }
    catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
    {
        return Refuse([unreadable.Message]);
    }
}

static int Refuse(IEnumerable<string> reasons)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, reasons));
    return 2;
}
