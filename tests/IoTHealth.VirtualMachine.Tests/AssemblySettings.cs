// Each class boots a machine that is emulated in software; and its tests measure time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
