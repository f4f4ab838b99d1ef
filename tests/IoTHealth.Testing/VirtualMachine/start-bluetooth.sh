#!/bin/busybox sh
# usage: start-bluetooth
# A system bus, two virtual controllers in one ether (hci0, hci1), and bluetoothd serving both; prints when each was up.
at() {
  echo "$1 $(cut -d' ' -f1 /proc/uptime)"
}

# wait_for TRIES COMMAND...
wait_for() {
  tries=$1
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "not within its time: $*"; exit 1; }
    usleep 100000
  done
}

adapters() {
  [ "$(dbus-send --system --print-reply --dest=org.bluez / org.freedesktop.DBus.ObjectManager.GetManagedObjects | grep -c 'object path "/org/bluez/hci[01]"')" = 2 ]
}

load-modules bluetooth
mkdir -p /run/dbus
dbus-daemon --system --fork --nopidfile
btvirt -L -l2 >/out/btvirt.log 2>&1 &
wait_for 200 test -e /sys/class/bluetooth/hci1
at controllers
bluetoothd -n --experimental >>/out/bluetoothd.log 2>&1 &
echo $! >/run/bluetoothd.pid
wait_for 300 adapters
at bluetoothd
