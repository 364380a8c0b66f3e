# SPDX-License-Identifier: MIT
# sizes.sh: how much a machine fetches of a packed initrd. Sourced.

# driver_sizes DIR LIMIT: a table of DIR, which slipway initrd has filled; 1 if
# core and archive together reach LIMIT for any of these, firmware aside
driver_sizes()
{
	local core driver bad=0
	core=$(stat -c %s "$1/core.img")
	printf '%9d  %s\n' "$(stat -c %s "$1/initrd.img")" \
		"initrd with all drivers, $(sed -n 's/^kernel = //p' \
			"$1/initrd.info")"
	printf '%9d  core initrd\n' "$core"
	for driver in e1000e igb ixgbe i40e ice mlx5_core bnxt_en tg3 r8169 \
		virtio_net bnx2x; do
		awk -v d="$driver" -v core="$core" -v max="$2" '
			$1 == d {
				more = $5 > 0 ? " (firmware, unpacked: " $5 ")" : ""
				printf "%9d  ... and the archive of %s%s\n",
					core + $4, d, more
				bad = core + $4 - $5 >= max
				seen = 1
			}
			END { exit bad || !seen }' "$1/drivers.info" || bad=1
	done
	return $bad
}

# What init-tls may have: Debian 12's OpenSSL 3.0, or a newer one, whose libssl
# is half as large again.
tls_bound()
{
	case $(cat "$O/klibcrypto/version") in
	3.0.*) echo 2000000 ;;
	*) echo 2600000 ;;
	esac
}
