#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Installs what is missing of the Debian packages that the named groups need. Says so first.
# NO_INSTALL=1 forbids it and names what is missing instead.
set -eu

build='gcc make binutils gnu-efi'
run='qemu-system-x86 ovmf python3'
test='libcmocka-dev clang-14 libclang-rt-14-dev llvm-14 clang-format-14 cppcheck python3-pexpect mtools gdisk dosfstools'

want=
for group in "$@"; do
	case $group in
	build) want="$want $build" ;;
	run) want="$want $run" ;;
	all) want="$want $build $run $test" ;;
	*) echo "setup.sh: unknown group $group" >&2; exit 2 ;;
	esac
done

missing=
for package in $want; do
	dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "${NO_INSTALL:-}" = 1 ]; then
	echo "setup.sh: these Debian packages are missing:$missing (NO_INSTALL=1)" >&2
	exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing from Debian:$missing" >&2
$as_root apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >&2
