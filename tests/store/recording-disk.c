/* Writes down what a process does to the files of one folder, in order: writes, cuts, syncs and removals. To be preloaded (LD_PRELOAD);
 * RECORD_FOLDER is the folder, RECORD_TO the file of records. A record is: kind ('w', 't', 's', 'u'), length of the name (1 octet), name,
 * offset or length (8 octets, little-endian), length of the octets (4), octets. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The name of the file within the folder, or NULL when it is none of it. */
static const char *name_in(const char *path) {
  const char *folder = getenv("RECORD_FOLDER");
  if (folder == NULL) return NULL;
  size_t prefix = strlen(folder);
  return strncmp(path, folder, prefix) == 0 && path[prefix] == '/' ? path + prefix + 1 : NULL;
}

static void record_path(char kind, const char *path, uint64_t at, const void *octets, uint32_t count) {
  static int log = -1;
  const char *name = name_in(path);
  if (name == NULL) return;
  uint8_t length = (uint8_t)strlen(name);
  struct iovec parts[] = {{&kind, 1}, {&length, 1}, {(void *)name, length}, {&at, 8}, {&count, 4}, {(void *)octets, count}};
  pthread_mutex_lock(&lock);
  if (log < 0) log = open(getenv("RECORD_TO"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (writev(log, parts, 6) < 0) abort();
  pthread_mutex_unlock(&lock);
}

static void record(char kind, int descriptor, uint64_t at, const void *octets, uint32_t count) {
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  record_path(kind, path, at, octets, count);
}

ssize_t pwrite64(int descriptor, const void *octets, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "pwrite64");
  ssize_t written = real(descriptor, octets, count, at);
  if (written > 0) record('w', descriptor, (uint64_t)at, octets, (uint32_t)written);
  return written;
}

ssize_t pwrite(int descriptor, const void *octets, size_t count, off_t at) {
  return pwrite64(descriptor, octets, count, at);
}

int ftruncate64(int descriptor, off64_t length) {
  static int (*real)(int, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "ftruncate64");
  record('t', descriptor, (uint64_t)length, NULL, 0);
  return real(descriptor, length);
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fsync");
  int result = real(descriptor);
  if (result == 0) record('s', descriptor, 0, NULL, 0);
  return result;
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  int result = real(descriptor);
  if (result == 0) record('s', descriptor, 0, NULL, 0);
  return result;
}

int unlink(const char *path) {
  static int (*real)(const char *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "unlink");
  int result = real(path);
  if (result == 0) record_path('u', path, 0, NULL, 0);
  return result;
}
