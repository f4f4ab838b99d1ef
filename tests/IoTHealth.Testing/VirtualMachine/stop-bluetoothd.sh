#!/bin/busybox sh
# usage: stop-bluetoothd
# As a service manager stops it.
kill $(cat /run/bluetoothd.pid)
while kill -0 $(cat /run/bluetoothd.pid) 2>/dev/null; do usleep 20000; done
