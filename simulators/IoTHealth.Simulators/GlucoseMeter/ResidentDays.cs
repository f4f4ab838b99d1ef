namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>A resident's days: three meals, perhaps with insulin, and the glucose they make, minute by minute.</summary>
internal sealed class ResidentDays
{
    public const int MinutesPerDay = 24 * 60;

    // A meal reaches the blood, and a dose under the skin too, as a·k²·t·exp(-k·t); 1/k in minutes. Past MealLasts nothing is left.
    private const double MealTimeConstant = 45;
    private const double DoseTimeConstant = 55;
    private const int MealLasts = 420;

    // mg/dL that a gram of carbohydrate adds in all: 90 % of it in about 110 dL.
    private const double RisePerGram = 900.0 / 110;
    private const double MostDosePerGram = 4;
    private static readonly (int Minute, double Grams)[] Table = [(7 * 60 + 30, 45), (12 * 60, 60), (18 * 60, 60)];

    private readonly double[] _glucose;

    private ResidentDays(double[] glucose, IReadOnlyList<int> meals) => (_glucose, Meals) = (glucose, meals);

    /// <summary>When each meal begins, in minutes since the first midnight, three a day.</summary>
    public IReadOnlyList<int> Meals { get; }

    public static ResidentDays Live(Random random, int days)
    {
        var body = new MinimalModel(random);

        // Half of the residents take insulin with their meals.
        var dosePerGram = Math.Max(0, random.NextDouble() - 0.5) * 2 * MostDosePerGram;
        Meal[] meals = [.. Enumerable.Range(0, days).SelectMany(day => Table, (day, usual) => Serve(random, day, usual, dosePerGram))];
        var glucose = new double[days * MinutesPerDay];
        for (int minute = 0, first = 0; minute < glucose.Length; minute++)
        {
            while (first < meals.Length && meals[first].Minute < minute - MealLasts)
            {
                first++;
            }

            var eaten = meals.Skip(first).TakeWhile(meal => meal.Minute <= minute).ToArray();
            body.Live(
                eaten.Sum(meal => Arriving(meal.Grams * RisePerGram, MealTimeConstant, minute - meal.Minute)),
                eaten.Sum(meal => Arriving(meal.Dose, DoseTimeConstant, minute - meal.Minute)));
            glucose[minute] = body.Glucose;
        }

        return new ResidentDays(glucose, [.. meals.Select(meal => meal.Minute)]);
    }

    /// <summary>Glucose in plasma, mg/dL, so many minutes after the first midnight.</summary>
    public double At(int minute) => _glucose[minute];

    private static Meal Serve(Random random, int day, (int Minute, double Grams) usual, double dosePerGram)
    {
        var grams = usual.Grams * (0.6 + (0.7 * random.NextDouble()));

        // The dose is for the usual meal: who eats little goes low.
        return new Meal((day * MinutesPerDay) + usual.Minute + random.Next(-25, 26), grams, dosePerGram * usual.Grams);
    }

    private static double Arriving(double amount, double timeConstant, int minutes) =>
        amount * minutes / (timeConstant * timeConstant) * Math.Exp(-minutes / timeConstant);

    /// <param name="Dose">Insulin, mU for each litre of plasma.</param>
    private readonly record struct Meal(int Minute, double Grams, double Dose);
}
