/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* EFI_STATUS as negative errno and as text: UEFI 2.11, appendix D. */
#include <efi.h>

#include "fw_efi.h"
#include "lib.h"

static const struct {
	const char *name;
	int err;
} codes[] = {
	[1] = {"EFI_LOAD_ERROR", EIO},
	[2] = {"EFI_INVALID_PARAMETER", EINVAL},
	[3] = {"EFI_UNSUPPORTED", ENODEV},
	[4] = {"EFI_BAD_BUFFER_SIZE", EINVAL},
	[5] = {"EFI_BUFFER_TOO_SMALL", E2BIG},
	[6] = {"EFI_NOT_READY", EAGAIN},
	[7] = {"EFI_DEVICE_ERROR", EIO},
	[8] = {"EFI_WRITE_PROTECTED", EPERM},
	[9] = {"EFI_OUT_OF_RESOURCES", ENOMEM},
	[10] = {"EFI_VOLUME_CORRUPTED", EIO},
	[11] = {"EFI_VOLUME_FULL", ENOSPC},
	[12] = {"EFI_NO_MEDIA", ENODEV},
	[13] = {"EFI_MEDIA_CHANGED", EIO},
	[14] = {"EFI_NOT_FOUND", ENOENT},
	[15] = {"EFI_ACCESS_DENIED", EPERM},
	[16] = {"EFI_NO_RESPONSE", ETIMEDOUT},
	[17] = {"EFI_NO_MAPPING", ENODEV},
	[18] = {"EFI_TIMEOUT", ETIMEDOUT},
	[19] = {"EFI_NOT_STARTED", EINVAL},
	[20] = {"EFI_ALREADY_STARTED", EBUSY},
	[21] = {"EFI_ABORTED", EINTR},
	[22] = {"EFI_ICMP_ERROR", EIO},
	[23] = {"EFI_TFTP_ERROR", EIO},
	[24] = {"EFI_PROTOCOL_ERROR", EIO},
	[25] = {"EFI_INCOMPATIBLE_VERSION", EINVAL},
	[26] = {"EFI_SECURITY_VIOLATION", EPERM},
	[27] = {"EFI_CRC_ERROR", EBADMSG},
	[28] = {"EFI_END_OF_MEDIA", EIO},
	[31] = {"EFI_END_OF_FILE", EIO},
	[32] = {"EFI_INVALID_LANGUAGE", EINVAL},
	[33] = {"EFI_COMPROMISED_DATA", EBADMSG},
	[34] = {"EFI_IP_ADDRESS_CONFLICT", EIO},
	[35] = {"EFI_HTTP_ERROR", EIO},
};

#define CODE_MASK (~0ULL >> 1) /* without the error bit */

static bool has_name(u64 code)
{
	return code < ARRAY_SIZE(codes) && codes[code].name;
}

int fw_efi_status(EFI_STATUS status)
{
	u64 code = status & CODE_MASK;

	if (!EFI_ERROR(status))
		return 0;
	fw_efi.last = status;
	return has_name(code) ? -codes[code].err : -EIO;
}

const char *fw_last_error(void)
{
	static char number[32];
	u64 code = fw_efi.last & CODE_MASK;

	if (fw_efi.last == EFI_SUCCESS)
		return "";
	if (has_name(code))
		return codes[code].name;
	fmt_print(number, sizeof(number), "EFI_STATUS %#llx", (u64)fw_efi.last);
	return number;
}
