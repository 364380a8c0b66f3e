/* SPDX-License-Identifier: MIT */
/*
 * stub.S - a kernel that says its command line on the serial port and resets
 * the machine, as one that panics does, only sooner. By the 32-bit boot
 * protocol (Documentation/arch/x86/boot.rst), loaded at 1 MiB.
 */
	.code16
	.globl	_start
_start:	.org	0x1f1
	.byte	1			/* setup_sects */
	.org	0x1f4
	.long	64			/* syssize, 16 bytes each */
	.org	0x1fe
	.word	0xaa55
	.org	0x200
	.byte	0xeb, 0x6a
	.ascii	"HdrS"
	.word	0x020c			/* protocol 2.12 */
	.org	0x211
	.byte	1			/* loaded high */
	.org	0x214
	.long	0x100000		/* code32_start */
	.org	0x22c
	.long	0x7fffffff		/* initrd_addr_max */
	.long	0x1000			/* kernel_alignment */
	.org	0x238
	.long	2047			/* cmdline_size */
	.org	0x258
	.quad	0x100000		/* pref_address */
	.long	0x100000		/* init_size */
	.org	0x400

	.code32
	mov	0x228(%esi), %ebx	/* cmd_line_ptr */
	call	here
here:	pop	%edi
	add	$(name - here), %edi
	call	puts
	mov	%ebx, %edi
	call	puts
	mov	$0x0a, %al
	call	putc
	mov	$0xcf9, %dx		/* reset */
	mov	$0x06, %al
	out	%al, %dx
stay:	hlt
	jmp	stay
puts:	mov	(%edi), %al
	test	%al, %al
	jz	end
	call	putc
	inc	%edi
	jmp	puts
end:	ret
putc:	mov	%al, %ah
	mov	$0x3fd, %dx		/* line status of COM1 */
busy:	in	%dx, %al
	test	$0x20, %al
	jz	busy
	mov	$0x3f8, %dx
	mov	%ah, %al
	out	%al, %dx
	ret
name:	.asciz	"KERNEL "
	.org	0x800
