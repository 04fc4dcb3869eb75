/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Whole files on the volume that the program was loaded from. The caller's bytes go through our own
 * buffer, as they may be at addresses that only our page tables map.
 */
#include <efi.h>

#include "fw_efi.h"

#define MAX_PATH 255

struct file_io {
	EFI_FILE_PROTOCOL *root, *file;
	EFI_STATUS status;
	UINT64 size;	/* of the file that was found */
	bool directory; /* it is a directory */
	bool failed;	/* end_write(): delete the file */
	UINTN len;	/* of the chunk */
	CHAR16 path[MAX_PATH + 1];
};

static struct file_io io;
static u8 chunk[32 * KiB] __attribute__((aligned(8)));

/* Sets the path from the root; '/' and '\\' are the same. 0; -EINVAL: not a path of a file. */
static int set_path(const char *path)
{
	size_t n = 0;

	while (*path == '/' || *path == '\\')
		path++;
	for (; path[n]; n++) {
		if (n == MAX_PATH || path[n] < 32 || path[n] == 127)
			return -EINVAL;
		io.path[n] = path[n] == '/' ? '\\' : (CHAR16)path[n];
	}
	io.path[n] = 0;
	return n == 0 || io.path[n - 1] == '\\' ? -EINVAL : 0;
}

/* ---- in the firmware's world ------------------------------------------------------------- */

static EFI_STATUS open_volume(void)
{
	EFI_GUID guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
	void *fs = NULL;
	EFI_STATUS status;

	io.root = io.file = NULL;
	if (!fw_efi.loaded || !fw_efi.loaded->DeviceHandle)
		return EFI_UNSUPPORTED;
	status = fw_efi.st->BootServices->OpenProtocol(fw_efi.loaded->DeviceHandle, &guid, &fs,
						       fw_efi.image, NULL,
						       EFI_OPEN_PROTOCOL_GET_PROTOCOL);
	if (EFI_ERROR(status))
		return status;
	return ((EFI_FILE_IO_INTERFACE *)fs)->OpenVolume(fs, &io.root);
}

static EFI_STATUS open_file(UINT64 mode, UINT64 attributes)
{
	EFI_STATUS status = io.root->Open(io.root, &io.file, io.path, mode, attributes);

	if (EFI_ERROR(status))
		io.file = NULL;
	return status;
}

static EFI_STATUS file_info(void)
{
	static union {
		EFI_FILE_INFO info;
		u8 bytes[1024]; /* the name follows */
	} u;
	EFI_GUID guid = EFI_FILE_INFO_ID;
	UINTN size = sizeof(u);
	EFI_STATUS status = io.file->GetInfo(io.file, &guid, &size, &u);

	if (!EFI_ERROR(status)) {
		io.size = u.info.FileSize;
		io.directory = u.info.Attribute & EFI_FILE_DIRECTORY;
	}
	return status;
}

static void close_all(void *arg)
{
	(void)arg;
	if (io.file)
		io.file->Close(io.file);
	if (io.root)
		io.root->Close(io.root);
	io.file = io.root = NULL;
}

static void begin_read(void *arg)
{
	(void)arg;
	io.status = open_volume();
	if (!EFI_ERROR(io.status))
		io.status = open_file(EFI_FILE_MODE_READ, 0);
	if (!EFI_ERROR(io.status))
		io.status = file_info();
}

static void read_chunk(void *arg)
{
	(void)arg;
	io.status = io.file->Read(io.file, &io.len, chunk);
}

static EFI_STATUS make_directories(void)
{
	EFI_STATUS status = EFI_SUCCESS;

	for (u32 i = 0; io.path[i] && !EFI_ERROR(status); i++) {
		if (io.path[i] != '\\')
			continue;
		io.path[i] = 0;
		status = open_file(EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE,
				   EFI_FILE_DIRECTORY);
		if (io.file)
			io.file->Close(io.file);
		io.file = NULL;
		io.path[i] = '\\';
	}
	return status;
}

static EFI_STATUS delete_file(void)
{
	EFI_STATUS status = io.file->Delete(io.file); /* always closes it */

	io.file = NULL;
	return status == EFI_WARN_DELETE_FAILURE ? EFI_ACCESS_DENIED : status;
}

/* Deletes an older file of this name. A directory of this name stays and sets io.directory. */
static EFI_STATUS delete_existing(void)
{
	EFI_STATUS status = open_file(EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE, 0);

	if (status == EFI_NOT_FOUND)
		return EFI_SUCCESS;
	if (!EFI_ERROR(status))
		status = file_info();
	if (EFI_ERROR(status) || io.directory)
		return status;
	return delete_file();
}

static void begin_write(void *arg)
{
	(void)arg;
	io.status = open_volume();
	if (!EFI_ERROR(io.status))
		io.status = make_directories();
	if (!EFI_ERROR(io.status))
		io.status = delete_existing();
	if (!EFI_ERROR(io.status) && !io.directory)
		io.status = open_file(
			EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE, 0);
}

static void write_chunk(void *arg)
{
	UINTN wanted = io.len;

	(void)arg;
	io.status = io.file->Write(io.file, &io.len, chunk);
	if (!EFI_ERROR(io.status) && io.len != wanted)
		io.status = EFI_VOLUME_FULL;
}

/* Closes the file, or deletes it if a write failed: an incomplete file is useless. */
static void end_write(void *arg)
{
	if (!io.failed)
		io.status = io.file->Flush(io.file);
	if (io.failed || EFI_ERROR(io.status))
		delete_file();
	close_all(arg);
}

/* ---- in ours ----------------------------------------------------------------------------- */

static int run(void (*fn)(void *arg))
{
	arch_call_firmware(fn, NULL);
	return fw_efi_status(io.status);
}

static int begin(const char *path, void (*fn)(void *arg))
{
	int err = set_path(path);

	fw_efi.last = EFI_SUCCESS;
	if (err)
		return err;
	io.directory = false;
	err = run(fn);
	return err ? err : io.directory ? -EINVAL : 0;
}

static int read_all(char *buf, size_t size, size_t *ret_len)
{
	size_t done = 0;

	if (io.size > size)
		return -E2BIG;
	while (done < size) {
		int err;

		io.len = min(size - done, sizeof(chunk));
		err = run(read_chunk);
		if (err)
			return err;
		if (!io.len || io.len > sizeof(chunk))
			break;
		memcpy(buf + done, chunk, io.len);
		done += io.len;
	}
	*ret_len = done;
	return 0;
}

int fw_file_read(const char *path, char *buf, size_t size, size_t *ret_len)
{
	int err = begin(path, begin_read);

	if (!err)
		err = read_all(buf, size, ret_len);
	arch_call_firmware(close_all, NULL);
	return err;
}

static int write_all(const char *buf, size_t len)
{
	while (len) {
		int err;

		io.len = min(len, sizeof(chunk));
		memcpy(chunk, buf, io.len);
		buf += io.len;
		len -= io.len;
		err = run(write_chunk);
		if (err)
			return err;
	}
	return 0;
}

int fw_file_write(const char *path, const char *buf, size_t len)
{
	int err = begin(path, begin_write), flush_err;

	if (err) {
		arch_call_firmware(close_all, NULL);
		return err;
	}
	err = write_all(buf, len);
	io.failed = err;
	io.status = EFI_SUCCESS;
	flush_err = run(end_write);
	return err ? err : flush_err;
}
