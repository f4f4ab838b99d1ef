#!/usr/bin/env bash
# usage: build-guest.sh CACHE SCRIPTS
# Makes the kernel and the initial file system of a guest from this Debian's own packages, and prints the folder they lie in
# (vmlinuz, guest.cpio). What was built once from the same packages and scripts is taken from the cache.
# Exit code 3: a package is missing or cannot be fetched.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
cache=$1 scripts=$2

missing() {
  echo "$1" >&2
  exit 3
}

packages=(busybox-static dbus-daemon bluez bluez-test-tools libssl3 tzdata libc6 libstdc++6)
versions=$(dpkg-query -W -f '${Package} ${Version}\n' "${packages[@]}" 2>/dev/null) || missing "of ${packages[*]} not all are installed"
for program in cpio modprobe depmod apt-get xz; do
  command -v $program >/dev/null || missing "$program is not installed"
done

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9

kernel=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*-amd64\)$/\1/p' | head -1)
if [ -z "$kernel" ]; then
  deb=$(ls -t "$cache"/linux-image-*.deb 2>/dev/null | head -1 || true)
else
  version=$(apt-cache show --no-all-versions "$kernel" | sed -n 's/^Version: //p')
  deb=$cache/${kernel}_${version//:/%3a}_amd64.deb
fi
[ -n "$deb" ] || missing "apt knows no linux-image-amd64; apt-get update may help"

key=$(cat - "$scripts"/*.sh <<<"$versions $(basename "$deb")" | sha256sum | cut -c1-16)
image=$cache/guest-$key
if [ -e "$image/guest.cpio" ]; then
  echo "$image"
  exit
fi

if [ ! -e "$deb" ]; then
  fetched=$(mktemp -d -p "$cache")
  fetch() { (cd "$fetched" && apt-get download -q "$kernel" >&2); }
  # Old lists may name a package that is no longer there.
  fetch || { apt-get update -q >&2 && fetch; } || { rm -rf "$fetched"; missing "$kernel could not be downloaded"; }
  mv "$fetched"/*.deb "$deb"
  rmdir "$fetched"
fi

work=$(mktemp -d -p "$cache")
trap 'rm -rf "$work"' EXIT
dpkg -x "$deb" "$work/kernel"
release=$(ls "$work/kernel/lib/modules")
depmod -b "$work/kernel" "$release"

root=$work/root
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,usr/lib,usr/lib64,etc/bluetooth,proc,sys,dev,run,tmp,root,app,dotnet,out,var/lib/bluetooth,var/lib/dbus,lib-modules}
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
ln -s /run "$root/var/run"
mv "$root/lib-modules" "$root/usr/lib/modules"

take() {
  if [ ! -e "$root$1" ]; then
    mkdir -p "$(dirname "$root$1")"
    cp -L "$1" "$root$1"
  fi
}

# bluetoothd is where the package says.
daemon=$(dpkg -L bluez | grep -m1 '/bluetoothd$')
lib=/usr/lib/x86_64-linux-gnu
programs=(/bin/busybox /usr/bin/dbus-daemon /usr/bin/dbus-send /usr/bin/btvirt /usr/bin/btmon /usr/bin/btmgmt "$daemon")
# What .NET loads by name.
libraries=($lib/libgcc_s.so.1 $lib/libstdc++.so.6 $lib/libdl.so.2 $lib/libpthread.so.0 $lib/librt.so.1 $lib/libm.so.6 $lib/libssl.so.3 $lib/libcrypto.so.3)
for file in "${programs[@]}" "${libraries[@]}"; do
  [ -e "$file" ] || file=/usr$file
  [ -e "$file" ] || file=${file/\/usr\/lib/\/lib}
  take "$file"
  # busybox is static: ldd fails.
  for needed in $(ldd "$file" 2>/dev/null | grep -oE '/[^ ]+' || true); do take "$needed"; done
done
[ "$daemon" = /usr/sbin/bluetoothd ] || ln -s "$daemon" "$root/usr/sbin/bluetoothd"
for name in $("$root/bin/busybox" --list); do
  [ -e "$root/bin/$name" ] || ln -s /bin/busybox "$root/bin/$name"
done
take /usr/share/zoneinfo/Asia/Tokyo
take /usr/share/dbus-1/system.conf
for policy in /etc/dbus-1/system.d/bluetooth.conf /usr/share/dbus-1/system.d/bluetooth.conf; do
  [ -e $policy ] && take $policy
done
printf 'root:x:0:0:root:/root:/bin/sh\nmessagebus:x:101:101::/:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nmessagebus:x:101:\nbluetooth:x:102:\n' >"$root/etc/group"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
# One bearer: with more, BlueZ may deliver out of order.
printf '[General]\n[GATT]\nChannels = 1\n[Policy]\n' >"$root/etc/bluetooth/main.conf"

# Modules of a purpose, those they need first.
modules() {
  local purpose=$1 module file name
  shift
  for module in "$@"; do
    for file in $(modprobe -d "$work/kernel" -S "$release" -D "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'); do
      name=$(basename "$file")
      cp "$file" "$root/lib/modules/"
      case $name in
        *.xz) xz -df "$root/lib/modules/$name"; name=${name%.xz} ;;
        *.zst) zstd -dqf --rm "$root/lib/modules/$name"; name=${name%.zst} ;;
      esac
      echo "$name" >>"$root/lib/modules/$purpose"
    done
  done
}
modules base virtio_pci virtio_console 9pnet_virtio 9p
modules usb-serial xhci_pci usbserial ftdi_sio
# Without the algorithms the controller's reset times out.
modules bluetooth ctr sha512_generic drbg algif_hash algif_skcipher ecb cmac aes_generic ccm crypto_user hci_vhci uhid

cp "$scripts/guest-init.sh" "$root/init"
for command in load-modules start-bluetooth start-bluetoothd stop-bluetoothd; do
  cp "$scripts/$command.sh" "$root/bin/$command"
done
chmod +x "$root/init" "$root"/bin/{load-modules,start-bluetooth,start-bluetoothd,stop-bluetoothd}
mkdir "$work/image"
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/image/guest.cpio"
cp "$work"/kernel/boot/vmlinuz-* "$work/image/vmlinuz"
mv "$work/image" "$image"
find "$cache" -maxdepth 1 -name 'guest-*' -mtime +30 ! -path "$image" -exec rm -rf {} +
echo "$image"
