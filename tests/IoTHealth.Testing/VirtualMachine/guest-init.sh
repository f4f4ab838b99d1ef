#!/bin/busybox sh
# The guest's first process: brings up what every guest needs, then does what the control line says, a command a line.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
# Nothing here runs long enough to be worth compiling twice.
export DOTNET_ROOT=/dotnet DOTNET_TieredPGO=0 DOTNET_TC_CallCounting=0 DOTNET_EnableDiagnostics=0
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /dev/shm
ip link set lo up
load-modules base
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro app /app
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro dotnet /dotnet
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 out /out

# shell.sh: somebody sits at the console.
if grep -q guest-shell /proc/cmdline; then
  setsid -c sh </dev/ttyS0 >/dev/ttyS0 2>&1
  poweroff -f
fi

for port in /sys/class/virtio-ports/*; do
  [ "$(cat $port/name)" = control ] && control=/dev/$(basename $port)
done
exec 3<>$control
echo "UP $(cut -d' ' -f1 /proc/uptime)" >&3
while read -r command <&3; do
  sh -c "$command" </dev/null >/run/said 2>&1
  code=$?
  cat /run/said >&3
  echo "::exit $code" >&3
done
poweroff -f
