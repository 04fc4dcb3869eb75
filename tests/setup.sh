#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# setup.sh GROUP...: installs what is missing of the Debian packages that the named groups need, and
# says so first. NO_INSTALL=1 forbids it and names what is missing instead.
set -eu

build='gcc make binutils gnu-efi python3'
run='qemu-system-x86 ovmf python3'
image='mtools gdisk dosfstools'
test="libcmocka-dev clang-14 libclang-rt-14-dev clang-format-14 cppcheck python3-pexpect python3-pyte \
	python3-jsonschema"

bench='valgrind libjemalloc-dev libgoogle-perftools-dev libmimalloc-dev' # the yardstick's others

want=
for group in "$@"; do
	case $group in
	build) want="$want $build" ;;
	run) want="$want $run" ;;
	bench) want="$want $bench" ;;
	image) want="$want $image" ;;
	all) want="$want $build $run $image $test" ;;
	*) echo "setup.sh: unknown group $group" >&2; exit 2 ;;
	esac
done

missing() {
	dpkg-query -W -f='${Package} ${db:Status-Status}\n' $want 2>/dev/null |
		awk -v want="$want" '
			$2 == "installed" { have[$1] = 1 }
			END { n = split(want, name); for (i = 1; i <= n; i++)
				if (!have[name[i]]++) printf " %s", name[i] }'
}

[ -n "$(missing)" ] || exit 0
if [ "${NO_INSTALL:-}" = 1 ]; then
	echo "setup.sh: these Debian packages are missing:$(missing) (NO_INSTALL=1 forbids installing)" >&2
	exit 1
fi

# make asks for several groups at once: one installs, the others wait and look again.
lock=${TMPDIR:-/tmp}/tablewalk-setup-$(id -u).lock
exec 9>"$lock"
flock 9
packages=$(missing)
[ -n "$packages" ] || exit 0
as_root=
if [ "$(id -u)" != 0 ]; then
	as_root='sudo env'
	command -v sudo >/dev/null || { echo "setup.sh: install as root:$packages" >&2; exit 1; }
fi
echo "Installing from Debian:$packages" >&2
# Both speak on standard error: standard output belongs to the program that `make run` runs.
$as_root apt-get update -qq >&2
${as_root:-env} DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	$packages >&2
