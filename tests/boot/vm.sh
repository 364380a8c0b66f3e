# SPDX-License-Identifier: MIT
# vm.sh: a virtual machine that starts from a disk. Sourced.
#
# vm_boot FILE bios|uefi virtio|sata|nvme|usb SECTOR FORMAT [QEMU-OPTION...]
#	its console, until it ends or VM_LIMIT (200) seconds are over; FILE is
#	not changed unless VM_WRITE is set
# vm_install STICK FILE FIRMWARE BUS SECTOR	the same with a stick in front of
#		FILE, which is written to

vm_install()
{
	local stick=$1
	shift
	VM_WRITE=y VM_LIMIT=${VM_LIMIT:-600} vm_boot "$@" raw \
		-device qemu-xhci,id=stick -drive \
		"if=none,id=u0,format=raw,snapshot=on,file=$stick" \
		-device usb-storage,bus=stick.0,drive=u0,bootindex=0
}

vm_boot()
{
	local bs=logical_block_size=$4,physical_block_size=$4 dev=() a=()
	case $3 in
	virtio) dev=(-device virtio-blk-pci,drive=d0,serial=disk0,$bs) ;;
	sata) dev=(-device ide-hd,drive=d0,bus=ide.0,serial=disk0) ;;
	nvme) dev=(-device nvme,drive=d0,serial=disk0,$bs) ;;
	usb) dev=(-device qemu-xhci -device usb-storage,drive=d0) ;;
	esac
	if [ "$2" = uefi ]; then
		a=(-drive if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd
			-drive if=pflash,format=raw,unit=1,snapshot=on,file=/usr/share/OVMF/OVMF_VARS_4M.fd)
	fi
	a+=(-drive "if=none,id=d0,format=$5,snapshot=$([ -n "${VM_WRITE:-}" ] &&
		echo off || echo on),file=$1")
	timeout "${VM_LIMIT:-200}" qemu-system-x86_64 -nodefaults \
		-no-user-config -machine q35,graphics=off \
		-accel tcg,thread=single -cpu max,-avx2 -m ${VM_RAM:-768} \
		-display none -monitor none -serial stdio -no-reboot -nic none \
		"${a[@]}" "${dev[@]}" "${@:6}" </dev/null
}
