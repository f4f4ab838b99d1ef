namespace IoTHealth.Demo.Facilities;

/// <summary>residents.yaml: who is watched over by which robot. All of them are invented.</summary>
internal static class ResidentsDocument
{
    private static readonly (string Family, string Given, string FamilyKana, string GivenKana, string Gender)[] Names =
    [
        ("山田", "花子", "ヤマダ", "ハナコ", "female"),
        ("佐藤", "一郎", "サトウ", "イチロウ", "male"),
        ("鈴木", "千代", "スズキ", "チヨ", "female"),
        ("高橋", "正", "タカハシ", "タダシ", "male"),
        ("田中", "和子", "タナカ", "カズコ", "female"),
    ];

    public static string Of(Facility facility)
    {
        var watched = facility.Devices.Where(robot => robot.Resident is not null).ToList();
        return $"residents:\n{string.Concat(watched.Select(Resident))}assignments:\n{string.Concat(watched.Select(Assignment))}"
            + string.Concat(facility.Bedside.Select(Assignment));
    }

    private static string Resident(Robot robot, int index)
    {
        var name = Names[index % Names.Length];
        return $$"""
              - key: {{robot.Resident}}
                identifier: { system: urn:example:patients, value: "{{10001 + index}}" }
                name: { family: {{name.Family}}, given: {{name.Given}}, familyKana: {{name.FamilyKana}}, givenKana: {{name.GivenKana}} }
                gender: {{name.Gender}}
                birthDate: {{1936 + (index % 12)}}-04-02
                consent: { records: permit }

            """;
    }

    private static string Assignment(Robot robot) => Assignment(Robot.Maker, Robot.Model, robot.Serial, robot.Resident!);

    private static string Assignment(BedsideDevice device) => Assignment(device.Maker, device.Model, device.Serial, device.Resident);

    private static string Assignment(string maker, string model, string serial, string resident) => $$"""
          - device: { maker: {{maker}}, model: {{model}}, serial: {{serial}} }
            resident: {{resident}}
            from: 2020-01-01T00:00:00+09:00
            author: nurse.sato

        """;
}
