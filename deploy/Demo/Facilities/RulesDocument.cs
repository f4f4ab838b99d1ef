namespace IoTHealth.Demo.Facilities;

/// <summary>rules.yaml: calls at any hour, so that the demo shows some.</summary>
internal static class RulesDocument
{
    public const string Text = """
        rules:
          - key: bed-exit
            kind: bed-exit
            codes: [exited]
            severity: high
            latenessSeconds: 300
            repeatSeconds: 60
            text: { ja: "{place} 離床を検知しました", en: "{place}: left the bed" }
          - key: fall
            kind: fall
            codes: [detected]
            severity: high
            latenessSeconds: 300
            repeatSeconds: 30
            text: { ja: "{place} 転倒を検知しました", en: "{place}: fall detected" }

        """;
}
