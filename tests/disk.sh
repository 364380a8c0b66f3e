# SPDX-License-Identifier: MIT
# disk.sh: a tiny site whose releases go to a disk, for tests of updates.
# Sourced after lib.sh.
#
# disk_site		the site, in $site and $public; nothing published
# release TEXT		an overlay that says TEXT, published
# site_server		serves $public at $url
# disk_new DIR		a BOOT file system before its first release
# booted SERIAL		what the kernel's command line of that release says
# up ARG...		slipway update of $disk
# get KEY		of the status of $disk
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

disk_site()
{
	site=$T_TMP/fix/site
	public=$site/public
	tiny_tree
}

release()
{
	tiny_role web "$1" && "$BIN/slipway" publish -C "$site" \
		${2:+--keep "$2"} >"$T_TMP/published"
}

site_server() # [OPTION...]: of badhttpd
{
	"$O/tests/badhttpd" --port 0 --root "$public" --log "$T_TMP/http.log" \
		"$@" >"$T_TMP/port" &
	server=$!
	t_at_end "kill $server 2>/dev/null"
	until grep -qs '^port ' "$T_TMP/port"; do kill -0 $server || return; done
	url=http://127.0.0.1:$(sed -n 's/^port //p' "$T_TMP/port")
}

disk_new()
{
	disk=$1
	mkdir -p "$disk/slipway"
	export SLIPWAY_RULES=$fix/initrd/slipway
}

booted()
{
	export SLIPWAY_CMDLINE=$T_TMP/cmdline SLIPWAY_HEALTH=$T_TMP/health.d
	mkdir -p "$SLIPWAY_HEALTH"
	echo "panic=30 slipway.source=LABEL=BOOT:/slipway/releases/$1" \
		>"$SLIPWAY_CMDLINE"
}

up() { "$BIN/slipway" update --boot "$disk" "$@"; }
fetch() { up --url "$url" "$@"; }
get() { up status --json 2>/dev/null | jq -r ".$1"; }
whole() { get "releases[] | select(.serial == $1) | .code"; }
env_of() { grub-editenv "$disk/slipway/grubenv" "$@"; }

is() # KEY VALUE...: of the status
{
	local v
	while [ $# != 0 ]; do
		v=$(get "$1")
		[ "$v" = "$2" ] || { echo "$1 is $v, not $2" && return 1; }
		shift 2
	done
}
