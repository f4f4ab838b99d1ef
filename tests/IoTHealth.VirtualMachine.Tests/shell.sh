#!/usr/bin/env bash
# usage: shell.sh [QEMU ARGUMENTS...]
# Boots a guest like that of the tests, with a shell on this terminal: the built programs under /app, .NET under /dotnet, and
# /out is a new folder of this machine. 'exit' ends it. Inside, for example: load-modules usb-serial, start-bluetooth.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/iothealth
image=$(bash tests/IoTHealth.Testing/VirtualMachine/build-guest.sh "$cache" tests/IoTHealth.Testing/VirtualMachine)
out=$(mktemp -d)
share() {
  echo "-fsdev local,id=$1,path=$2,security_model=none,readonly=$3 -device virtio-9p-pci,fsdev=$1,mount_tag=$1"
}
echo "/out is $out"
# shellcheck disable=SC2046
exec qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nodefaults -no-user-config -no-reboot -display none \
  -kernel "$image/vmlinuz" -initrd "$image/guest.cpio" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr cryptomgr.notests guest-shell" \
  $(share app "$PWD/artifacts/bin" on) \
  $(share dotnet "$(dirname "$(readlink -f "$(command -v dotnet)")")" on) \
  $(share out "$out" off) \
  -serial stdio "$@"
