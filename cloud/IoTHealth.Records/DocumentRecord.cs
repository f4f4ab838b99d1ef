using Hl7.Fhir.Model;

namespace IoTHealth.Records;

/// <summary>A document that came with readings, ready to be opened.</summary>
/// <param name="Title">What the sender calls it.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Content">The document.</param>
public sealed record AttachedDocument(string Title, string ContentType, byte[] Content);

/// <summary>A device's report as one FHIR DiagnosticReport with the document as its presented form.</summary>
public static class DocumentRecord
{
    /// <summary>Cardiac electrophysiology report, as IHE IDCO names the PDF of an implanted device.</summary>
    private const string ElectrophysiologyReport = "18750-0";

    private const string DiagnosticService = "http://terminology.hl7.org/CodeSystem/v2-0074";

    /// <exception cref="InvalidOperationException">The reading has no document.</exception>
    public static DiagnosticReport Of(AttributedMeasurement attributed, ObservationLinks links)
    {
        var document = attributed.Document ?? throw new InvalidOperationException($"{attributed.Measurement.Id} has no document");
        var report = Bare(attributed, links, DiagnosticReport.DiagnosticReportStatus.Final);
        report.PresentedForm =
        [
            new Attachment
            {
                ContentType = document.ContentType,
                Title = document.Title.Length > 0 ? document.Title : null,
                Data = document.Content,
            },
        ];
        return report;
    }

    /// <summary>The same report as entered in error; its document is not said any more.</summary>
    public static DiagnosticReport TakenBack(AttributedMeasurement attributed, ObservationLinks links) =>
        Bare(attributed, links, DiagnosticReport.DiagnosticReportStatus.EnteredInError);

    private static DiagnosticReport Bare(AttributedMeasurement attributed, ObservationLinks links, DiagnosticReport.DiagnosticReportStatus status) => new()
    {
        Identifier = [new Identifier(Systems.Document, attributed.ObservationIdentifier)],
        Status = status,
        Category = [new CodeableConcept(DiagnosticService, "EC")],
        Code = new CodeableConcept { Coding = [new Coding(Systems.Loinc, ElectrophysiologyReport)], Text = "心臓電気生理学的報告（植込み型デバイス） Cardiac electrophysiology report (implanted device)" },
        Subject = new ResourceReference(links.Patient),
        Effective = new FhirDateTime(ObservationRecord.Milliseconds(attributed.Measurement.Time.Instant)),
    };
}
