#!/bin/busybox sh
# usage: load-modules PURPOSE
for module in $(cat /lib/modules/$1); do
  grep -q "^$(basename $module .ko | tr - _) " /proc/modules || insmod /lib/modules/$module || echo "insmod $module failed"
done
