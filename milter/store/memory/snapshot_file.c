/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells one snapshot from another: each has its own inode, or time. */
#include "store/memory/snapshot_file.h"

static int64_t
written_ns(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 +
		status->st_mtim.tv_nsec;
}

void
snapshot_file_saw(struct snapshot_file *file, const struct stat *status)
{
	*file = (struct snapshot_file){
		status->st_dev, status->st_ino, written_ns(status)};
}

bool
snapshot_file_is(const struct snapshot_file *file, const struct stat *status)
{
	return status->st_ino == file->number &&
		status->st_dev == file->device &&
		written_ns(status) == file->written_ns;
}
