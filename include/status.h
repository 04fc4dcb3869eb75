/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Expected failures are returned as negative numbers with Linux's values. */
#ifndef STATUS_H
#define STATUS_H

#define EPERM	  1
#define ENOENT	  2
#define EINTR	  4
#define EIO	  5
#define E2BIG	  7
#define EAGAIN	  11
#define ENOMEM	  12
#define EFAULT	  14
#define EBUSY	  16
#define EEXIST	  17
#define ENODEV	  19
#define EINVAL	  22
#define ENOSPC	  28
#define ERANGE	  34
#define EOVERFLOW 75
#define EBADMSG	  74
#define ETIMEDOUT 110

/* The text for a (positive or negative) error number; "unknown error" for others, never NULL. */
const char *err_name(int err);

#endif
