/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Error numbers in words. */
#include "kernel.h"

const char *err_name(int err)
{
	switch (err < 0 ? -(u32)err : (u32)err) {
	case 0:
		return "success";
	case EPERM:
		return "not permitted";
	case ENOENT:
		return "not found";
	case EINTR:
		return "stopped";
	case EIO:
		return "input/output error";
	case E2BIG:
		return "too large";
	case EAGAIN:
		return "try again";
	case ENOMEM:
		return "out of memory";
	case EFAULT:
		return "bad address";
	case EBUSY:
		return "busy";
	case EEXIST:
		return "exists already";
	case ENODEV:
		return "not available on this machine";
	case EINVAL:
		return "invalid";
	case ENOSPC:
		return "no space left";
	case ERANGE:
		return "out of range";
	case EOVERFLOW:
		return "overflow";
	case EBADMSG:
		return "checksum or form is wrong";
	case ETIMEDOUT:
		return "timed out";
	default:
		return "unknown error";
	}
}
