// Each test runs a whole facility on a machine of two cores; and each measures time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
