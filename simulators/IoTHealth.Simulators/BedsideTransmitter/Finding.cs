using System.Globalization;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One observation of an act.</summary>
/// <param name="Value">OBX-5, escaped.</param>
/// <param name="Account">The value as the account tells it; null where no reading comes of it.</param>
internal sealed record Finding(ImplantTerm Term, string Value, string? Account)
{
    /// <param name="decimals">Digits after the point that the device shows.</param>
    public static Finding Of(ImplantTerm term, double value, int decimals)
    {
        var number = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return new Finding(term, number, $"{number} {(term.Unit.Length == 0 ? "1" : term.Unit)}");
    }

    public static Finding Of(ImplantTerm term, int count) => Of(term, count, 0);

    public static Finding Of(ImplantTerm term, CodedValue code) =>
        new(term, Hl7Text.Join('^', code.Code, code.Text, code.Code.Length > 0 && char.IsDigit(code.Code[0]) ? "MDC" : ""), code.Account);

    public static Finding Of(ImplantTerm term, string text) => new(term, Hl7Text.Escape(text), null);

    public static Finding Of(ImplantTerm term, DateTimeOffset time) => new(term, Hl7Text.Time(time), null);
}
