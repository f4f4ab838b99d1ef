using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IoTHealth.Edge.Management;

/// <summary>
/// Who did what to this gateway, from where, and what came of it: one JSON object a line in <c>&lt;data&gt;/audit.jsonl</c>, on the
/// disk before the caller goes on, mode 0600. It is only ever added to; a full file is set aside as <c>audit-&lt;utc&gt;.jsonl</c>, and
/// the newest twenty of those are kept. It holds no patient datum, no secret and nothing that a stranger typed.
/// </summary>
public sealed class AuditLog(string folder, TimeProvider? time = null, long fileBytes = 5 * 1024 * 1024)
{
    /// <summary>Who acts at the box's own command line.</summary>
    public const string CommandLine = "command-line";

    private const int FilesKept = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path = Path.Combine(folder, "audit.jsonl");
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();

    /// <summary>Why the last line could not be written; null since one was.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Adds a line. A disk that takes none must not keep a nurse from acknowledging: <see cref="Trouble"/> then says so.</summary>
    /// <param name="who">Name of the account, tool or channel; a name we know.</param>
    /// <param name="what">The act, such as <c>POST /alarms/…/acknowledge</c> or <c>rotate-key</c>.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="from">Network address, or null for the box itself.</param>
    public void Write(string who, string what, string outcome, string? from = null)
    {
        lock (_lock)
        {
            try
            {
                SetAside();
                using var file = Open();
                file.Write(JsonSerializer.SerializeToUtf8Bytes(new { at = _time.GetUtcNow().UtcDateTime, who, what, from = from ?? "local", outcome }, Plain));
                file.Write("\n"u8);
                file.Flush(flushToDisk: true);
                Trouble = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Trouble = e.Message;
            }
        }
    }

    // Alone in the file while writing: the gateway and a command write to the same one, and each seeks its end by itself.
    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream? file = null;
        IOException? held = null;
        SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    file = new FileStream(_path, options);
                }
                catch (IOException e) when (File.Exists(_path))
                {
                    held = e;
                }

                return file is not null;
            },
            Patience);
        return file ?? throw held!;
    }

    private void SetAside()
    {
        if (!File.Exists(_path) || new FileInfo(_path).Length < fileBytes)
        {
            return;
        }

        File.Move(_path, Path.Combine(folder, $"audit-{_time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}.jsonl"));
        foreach (var old in Directory.EnumerateFiles(folder, "audit-*.jsonl").OrderDescending(StringComparer.Ordinal).Skip(FilesKept))
        {
            File.Delete(old);
        }
    }
}
