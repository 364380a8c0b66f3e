# SPDX-License-Identifier: MIT
# hash.sh: how fast these processors hash. Sourced after lib.sh.
#
# hash_mask	what OPENSSL_ia32cap hides SHA-NI with; "" where there is none
# hash_samples	one of each, with SHA-NI and, where there is one, without
# hash_rows	the rows

# bit 29 of EBX of CPUID leaf 7
hash_mask=
! grep -qw sha_ni /proc/cpuinfo || hash_mask=':~0x20000000'

hash_openssl()
{
	openssl speed -mr -bytes 65536 -seconds 1 -evp sha256 2>/dev/null |
		awk -F: '$1 == "+F" { printf "%.1f\n", $4 / 1e6 }'
}

# The first line is of one stream, the second of many chunks at once.
hash_ours() # LINE
{
	"$O/tests/k-hashspeed" | sed -n "$1s/ .*//p"
}

hash_samples()
{
	sample hash-openssl "$(hash_openssl)"
	sample hash-ours "$(hash_ours 1)"
	sample hash-many "$(hash_ours 2)"
	[ -n "$hash_mask" ] || return 0
	sample hash-openssl-masked \
		"$(OPENSSL_ia32cap=$hash_mask hash_openssl)"
	sample hash-ours-masked "$(OPENSSL_ia32cap=$hash_mask hash_ours 1)"
	sample hash-many-masked "$(OPENSSL_ia32cap=$hash_mask hash_ours 2)"
}

hash_rows()
{
	show hash-openssl MB/s 'openssl speed -evp sha256'
	show hash-ours MB/s '/init, one stream' hash-openssl
	show hash-many MB/s '/init, chunks of a layer' hash-openssl
	[ -n "$hash_mask" ] || return 0
	show hash-openssl-masked MB/s 'openssl speed, SHA-NI hidden'
	show hash-ours-masked MB/s '/init, one stream, SHA-NI hidden' \
		hash-openssl-masked
	show hash-many-masked MB/s '/init, chunks of a layer, hidden' \
		hash-openssl-masked
}
