#!/bin/busybox sh
# usage: start-bluetoothd
bluetoothd -n --experimental >>/out/bluetoothd.log 2>&1 &
echo $! >/run/bluetoothd.pid
