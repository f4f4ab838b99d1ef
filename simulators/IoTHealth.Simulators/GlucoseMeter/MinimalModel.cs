namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>
/// The minimal model of glucose and insulin: R. N. Bergman, Y. Z. Ider, C. R. Bowden, C. Cobelli, "Quantitative estimation of
/// insulin sensitivity", Am J Physiol 236 (1979) E667–E677; insulin's secretion after G. Toffolo et al., Diabetes 29 (1980)
/// 979–990, without its dependence on the time since an injection. Meals and insulin doses enter as rates, as in M. E. Fisher,
/// IEEE Trans Biomed Eng 38 (1991) 57–61. Integrated in steps of one minute (Euler).
/// </summary>
internal sealed class MinimalModel
{
    private const double LowestGlucose = 20;
    private readonly double _effectiveness;
    private readonly double _remoteDecay;
    private readonly double _remoteGain;
    private readonly double _insulinDecay;
    private readonly double _secretion;
    private readonly double _basalGlucose;
    private readonly double _basalInsulin;
    private double _remote;
    private double _insulin;

    /// <summary>A resident with type 2 diabetes, in balance.</summary>
    public MinimalModel(Random random)
    {
        _effectiveness = Between(random, 0.012, 0.022);
        _remoteDecay = Between(random, 0.02, 0.03);
        _remoteGain = Between(random, 0.8e-5, 1.8e-5);
        _insulinDecay = Between(random, 0.09, 0.15);
        _secretion = Between(random, 0.003, 0.006);
        _basalGlucose = Between(random, 105, 145);
        _basalInsulin = Between(random, 7, 14);
        (Glucose, _insulin) = (_basalGlucose, _basalInsulin);
    }

    /// <summary>In plasma, mg/dL.</summary>
    public double Glucose { get; private set; }

    /// <summary>Lives one minute.</summary>
    /// <param name="glucoseIn">Appearance from meals, mg/dL/min.</param>
    /// <param name="insulinIn">Appearance from doses, mU/L/min.</param>
    public void Live(double glucoseIn, double insulinIn)
    {
        var glucose = (-_effectiveness * (Glucose - _basalGlucose)) - (_remote * Glucose) + glucoseIn;
        var remote = (-_remoteDecay * _remote) + (_remoteGain * (_insulin - _basalInsulin));
        var insulin = (-_insulinDecay * (_insulin - _basalInsulin)) + (_secretion * Math.Max(0, Glucose - _basalGlucose)) + insulinIn;
        Glucose = Math.Max(LowestGlucose, Glucose + glucose);
        _remote += remote;
        _insulin += insulin;
    }

    private static double Between(Random random, double low, double high) => low + (random.NextDouble() * (high - low));
}
