#!/bin/busybox sh
# usage: start-bluetooth
# A system bus, virtual controllers in one ether (hci0 for the gateway, hci1 and hci2 for devices), and bluetoothd serving them
# all. Prints when each was up, and the controllers' addresses.
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
  [ "$(dbus-send --system --print-reply --dest=org.bluez / org.freedesktop.DBus.ObjectManager.GetManagedObjects | grep -c 'object path "/org/bluez/hci[012]"')" = 3 ]
}

load-modules bluetooth
mkdir -p /run/dbus
dbus-daemon --system --fork --nopidfile
btvirt -L -l3 >/out/btvirt.log 2>&1 &
wait_for 200 test -e /sys/class/bluetooth/hci2
at controllers
start-bluetoothd
wait_for 300 adapters
at bluetoothd
for adapter in hci1 hci2; do
  echo "$adapter $(dbus-send --system --print-reply=literal --dest=org.bluez /org/bluez/$adapter org.freedesktop.DBus.Properties.Get string:org.bluez.Adapter1 string:Address | awk '{print $NF}')"
done
