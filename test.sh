#!/usr/bin/env bash
# Builds everything once and runs every test project; the last line is the sum: N passed, N failed[, N skipped].
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

usage() {
  cat <<'HELP'
usage: ./test.sh [--only NAME]... [--configuration Debug|Release] [--no-build] [-- ARGUMENTS]

Checks the .NET SDK, installs the Debian packages the tests need, builds IoTHealth.sln once and runs every test project
under tests/, one after the other. The last line sums up: N passed, N failed (and N skipped, when any were).

  --only NAME       only projects whose name contains NAME, such as Edge or EndToEnd; may be given again
  --configuration   Debug (default) or Release
  --no-build        run what was built last time
  -- ARGUMENTS      handed to each test program, such as: -- -class IoTHealth.EndToEnd.Tests.KillRoundsTests
  --help            this text

Exit code 0 when all passed; 1 when one failed, or a project could not run or ran no test; 2 for bad usage.
HELP
}

bad_usage() {
  echo "test.sh: $1 (see --help)" >&2
  exit 2
}

only=()
configuration=Debug
build=yes
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --only)
      case ${2:-} in '' | -*) bad_usage "--only needs a name" ;; esac
      only+=("$2"); shift 2 ;;
    --configuration)
      case ${2:-} in Debug | Release) configuration=$2 ;; *) bad_usage "--configuration needs Debug or Release" ;; esac
      shift 2 ;;
    --no-build) build=no; shift ;;
    --) shift; arguments=("$@"); break ;;
    *) bad_usage "unknown option $1" ;;
  esac
done

check_sdk() {
  if ! dotnet --version >/dev/null 2>&1; then
    echo "test.sh: the .NET SDK that global.json names is not installed:" >&2
    cat global.json >&2
    exit 1
  fi
}

# program:package
needs=(mosquitto:mosquitto mosquitto_pub:mosquitto-clients influxd:influxdb dbus-daemon:dbus-daemon mllp_send:python3-hl7
  qemu-system-x86_64:qemu-system-x86 cpio:cpio modprobe:kmod busybox:busybox-static bluetoothctl:bluez btvirt:bluez-test-tools xz:xz-utils
  mkfs.ext4:e2fsprogs mount:mount strace:strace ip:iproute2)

missing_packages() {
  local need
  for need in "${needs[@]}"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null || echo "${need##*:}"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  echo "installing:" $missing
  # Packages start their services on install; the tests start their own, on free ports.
  as_root apt-get update -q >/dev/null
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends $missing >/dev/null
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    echo "WARNING: could not install:" $missing >&2
    echo "WARNING: the tests that need them will be SKIPPED" >&2
  fi
}

build_all() {
  echo "== restore and build ($configuration)"
  local locked=()
  [ "${CI:-}" = true ] && locked=(--locked-mode)
  dotnet restore IoTHealth.sln -v q "${locked[@]}" && dotnet build IoTHealth.sln --no-restore -m -v q -c "$configuration"
}

wanted() {
  local name
  [ ${#only[@]} -eq 0 ] && return 0
  for name in "${only[@]}"; do
    case $1 in *"$name"*) return 0 ;; esac
  done
  return 1
}

# Reads a runner's summary, xUnit's own (Total: 5, Errors: 0, …) or the testing platform's (total: 5, a line each);
# prints: total failed skipped. Errors outside of a test count as failures.
read_summary() {
  sed 's/\x1b\[[0-9;]*[A-Za-z]//g' "$1" | tr ',' '\n' | awk '
    { line = tolower($0) }
    match(line, /(^|[^a-z])(total|failed|errors|skipped): *[0-9]+ *$/) {
      count = name = substr(line, RSTART)
      sub(/.*: */, "", count); sub(/:.*/, "", name); gsub(/[^a-z]/, "", name)
      value[name] = count + 0
    }
    END { print value["total"] + 0, value["failed"] + value["errors"] + 0, value["skipped"] + 0 }'
}

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run_project() {
  local name=$1 program code begun=$SECONDS total bad left
  program=artifacts/bin/$name/${configuration,,}/$name
  if [ ! -x "$program" ]; then
    echo "$program is not built" >&2
    failed=$((failed + 1))
    return
  fi
  # No standard input: nothing may wait for a key.
  timeout --kill-after=30 20m "$program" "${arguments[@]}" </dev/null 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  read -r total bad left < <(read_summary "$log")
  passed=$((passed + total - bad - left))
  failed=$((failed + bad))
  skipped=$((skipped + left))
  if [ "$total" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
    echo "$name: ran $total tests and ended with exit code $code: counted as failed" >&2
    failed=$((failed + 1))
  fi
  echo "== $name: $((total - bad - left)) passed, $bad failed, $left skipped in $((SECONDS - begun)) s"
}

projects=()
for file in tests/*.Tests/*.csproj; do
  name=$(basename "$file" .csproj)
  wanted "$name" && projects+=("$name")
done
if [ ${#projects[@]} -eq 0 ]; then
  echo "test.sh: no test project matches: ${only[*]}" >&2
  exit 2
fi

check_sdk
install_packages
if [ "$build" = yes ] && ! build_all; then
  echo "test.sh: the build failed; no test ran" >&2
  echo "0 passed, 1 failed"
  exit 1
fi

index=0
for name in "${projects[@]}"; do
  index=$((index + 1))
  echo "== [$index/${#projects[@]}] $name"
  run_project "$name"
done

summary="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ]
