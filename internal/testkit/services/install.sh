# Installs Debian packages as root without letting them start their services.
# Each argument is a group of package names separated by "|", of which the first
# that the distribution has is taken. One group that fails does not keep the
# others from being installed.
set -u
export DEBIAN_FRONTEND=noninteractive
get="apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"

# Debian Policy §9.3.3: services ask this program whether they may start. 101: no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
fi

$get update >/dev/null || echo "apt-get update failed; trying with the lists at hand" >&2

failed=0
for group in "$@"; do
	chosen=
	for name in $(printf '%s' "$group" | tr '|' ' '); do
		if apt-cache show "$name" >/dev/null 2>&1; then
			chosen=$name
			break
		fi
	done
	if [ -z "$chosen" ]; then
		echo "no package $group in this distribution" >&2
		failed=1
		continue
	fi
	$get install --no-install-recommends "$chosen" >/dev/null || failed=1
done
exit $failed
