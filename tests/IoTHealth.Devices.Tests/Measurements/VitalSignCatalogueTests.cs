using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class VitalSignCatalogueTests
{
    public static TheoryData<string> Signs => [.. VitalSignCatalogue.Signs.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Kinds => [.. VitalSignCatalogue.Kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>LOINC of the FHIR vital-signs profiles, MDC of IEEE 11073-10101, UCUM.</summary>
    [Theory]
    [InlineData("systolic", "8480-6", 150021u, "mm[Hg]")]
    [InlineData("diastolic", "8462-4", 150022u, "mm[Hg]")]
    [InlineData("mean-pressure", "8478-0", 150023u, "mm[Hg]")]
    [InlineData("pulse-rate", "8867-4", 149546u, "/min")]
    [InlineData("heart-rate", "8867-4", 147842u, "/min")]
    [InlineData("respiration-rate", "9279-1", 151562u, "/min")]
    [InlineData("oxygen-saturation", "2708-6", 150456u, "%")]
    [InlineData("body-temperature", "8310-5", 150364u, "Cel")]
    [InlineData("body-weight", "29463-7", 188736u, "kg")]
    [InlineData("body-height", "8302-2", 188740u, "cm")]
    [InlineData("glucose", "2339-0", 160184u, "mg/dL")]
    public void Codes_are_the_field_s(string code, string loinc, uint mdc, string unit)
    {
        var sign = VitalSignCatalogue.Signs[code];
        Assert.Equal((loinc, (uint?)mdc, unit), (sign.Loinc!, sign.Mdc, sign.Unit));
    }

    [Fact]
    public void Blood_pressure_is_a_panel()
    {
        var kind = VitalSignCatalogue.Kinds["blood-pressure"];
        Assert.Equal(("85354-9", (uint?)150020), (kind.PanelLoinc!, kind.PanelMdc));
        Assert.Equal(["systolic", "diastolic"], kind.Required.Select(sign => sign.Code));
    }

    [Theory]
    [MemberData(nameof(Signs))]
    public void A_sign_is_a_quantity_or_coded(string code)
    {
        var sign = VitalSignCatalogue.Signs[code];
        Assert.Matches("^[a-z]+(-[a-z]+)*$", sign.Code);
        Assert.NotEqual("", sign.NameJa);
        Assert.NotEqual("", sign.NameEn);
        Assert.Equal(sign.IsCoded, sign.Unit.Length == 0);
        Assert.Equal(sign.IsCoded, sign.Minimum >= sign.Maximum);
        Assert.Equal(sign.Codes.Count, sign.Codes.Distinct().Count());
        Assert.Equal(sign.Unit, UnitConversion.ToUcum(sign.Unit));
        Assert.True(sign.Loinc is not null || sign.Mdc is not null, "no standard code at all");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_is_made_of_known_signs(string code)
    {
        var kind = VitalSignCatalogue.Kinds[code];
        Assert.Equal(code, kind.Code);
        Assert.NotEmpty(kind.Required.Concat(kind.Optional));
        Assert.All(kind.Required.Concat(kind.Optional), sign => Assert.Same(sign, VitalSignCatalogue.Signs[sign.Code]));
        Assert.Equal(kind.Required.Count + kind.Optional.Count, kind.Required.Concat(kind.Optional).DistinctBy(sign => sign.Code).Count());
        Assert.Equal(kind.Required.Count != 1, kind.IsPanel);
        Assert.NotEqual("", kind.NameJa);
        Assert.NotEqual("", kind.NameEn);
    }

    /// <summary>IEEE 11073-10103.</summary>
    [Theory]
    [InlineData("battery-voltage", 721344u, "V")]
    [InlineData("battery-longevity", 721472u, "mo")]
    [InlineData("lead-impedance-ra", 722432u, "Ohm")]
    [InlineData("lead-impedance-rv", 722433u, "Ohm")]
    [InlineData("lead-impedance-lv", 722435u, "Ohm")]
    [InlineData("sensing-amplitude-ra", 722048u, "mV")]
    [InlineData("sensing-maximum-rv", 722053u, "mV")]
    [InlineData("sensing-mean-lv", 722063u, "mV")]
    [InlineData("threshold-amplitude-rv", 722177u, "V")]
    [InlineData("threshold-pulse-width-lv", 722243u, "ms")]
    [InlineData("lead-status-lv", 721987u, "")]
    [InlineData("percent-paced-crt", 737808u, "%")]
    [InlineData("atrial-burden", 737696u, "%")]
    [InlineData("shocks-aborted-total", 737872u, "1")]
    [InlineData("episode-duration", 739712u, "s")]
    public void Terms_of_implants_are_the_nomenclature_s(string code, uint mdc, string unit)
    {
        var sign = VitalSignCatalogue.Signs[code];
        Assert.Equal(((uint?)mdc, unit), (sign.Mdc, sign.Unit));
    }

    [Fact]
    public void Every_code_of_an_implant_has_a_word_in_both_languages() => Assert.All(
        ImplantSigns.Kinds.SelectMany(kind => kind.Optional).SelectMany(sign => sign.Codes),
        code => Assert.NotEqual((code, code), VitalSignCatalogue.NameOfCode(code)));

    [Fact]
    public void No_two_signs_of_implants_share_a_term() => Assert.Distinct(ImplantSigns.Kinds.SelectMany(kind => kind.Optional).Select(sign => sign.Mdc));

    [Fact]
    public void Every_sign_belongs_to_a_kind() => Assert.Empty(
        VitalSignCatalogue.Signs.Keys.Except(VitalSignCatalogue.Kinds.Values.SelectMany(kind => kind.Required.Concat(kind.Optional)).Select(sign => sign.Code)));

    /// <summary>Eviction and Law 2: raw streams first, alarms and episodes never.</summary>
    [Theory]
    [InlineData("fall", EntryPriority.Episode)]
    [InlineData("bed-exit", EntryPriority.Episode)]
    [InlineData("blood-pressure", EntryPriority.Episode)]
    [InlineData("glucose", EntryPriority.Episode)]
    [InlineData("body-motion", EntryPriority.Stream)]
    [InlineData("heart-rate", EntryPriority.Reading)]
    public void Priorities_are_clinical(string kind, EntryPriority priority) =>
        Assert.Equal(priority, VitalSignCatalogue.Kinds[kind].Priority);
}
