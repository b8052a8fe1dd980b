/* Makes fsync and fdatasync fail with EIO while the file named by FSYNC_FAILS exists, and writes fail with ENOSPC while the one
 * named by WRITE_FAILS does; where FAULTS_BELOW names a folder or a file, only for it and what is below it. To be preloaded into a process (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_below(int descriptor, const char *place) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path);
  size_t wanted = strlen(place);
  return length >= (ssize_t)wanted && memcmp(path, place, wanted) == 0 && ((size_t)length == wanted || path[wanted] == '/');
}

static int is_on(const char *name, int descriptor) {
  const char *file = getenv(name), *place = getenv("FAULTS_BELOW");
  return file != NULL && access(file, F_OK) == 0 && (place == NULL || is_below(descriptor, place));
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fsync");
  if (!is_on("FSYNC_FAILS", descriptor)) return real(descriptor);
  errno = EIO;
  return -1;
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  if (!is_on("FSYNC_FAILS", descriptor)) return real(descriptor);
  errno = EIO;
  return -1;
}

ssize_t pwrite64(int descriptor, const void *octets, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "pwrite64");
  if (!is_on("WRITE_FAILS", descriptor)) return real(descriptor, octets, count, at);
  errno = ENOSPC;
  return -1;
}
