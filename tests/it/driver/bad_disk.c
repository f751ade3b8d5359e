/*
 * A bad disk for tests, loaded before the C library: calls on files below $BAD_DISK_ROOT fail, wait or lie.
 *
 *   BAD_DISK_CALLS   which calls are counted: any of "open read write sync rename"; others pass
 *   BAD_DISK_NTH     the first counted call that is hit (1 is the first); without it none is
 *   BAD_DISK_MOST    how many are hit; without it all from the first on
 *   BAD_DISK_ERRNO   the error they end with; 0 lies: nothing is done and success is told
 *   BAD_DISK_SLEEP   milliseconds that every sync waits
 *   BAD_DISK_LOG     a file outside of the root that gets a line per hit
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long number_of(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text ? atol(text) : otherwise;
}

static int below_root(const char *path) {
    const char *root = getenv("BAD_DISK_ROOT");
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int is_ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below_root(path);
}

/* Whether this call is hit; then errno is what it ends with. */
static int is_hit(const char *call, const char *what) {
    static long count;
    const char *calls = getenv("BAD_DISK_CALLS");
    long nth = number_of("BAD_DISK_NTH", 0);
    if (!calls || !strstr(calls, call) || nth <= 0) return 0;
    long number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    long most = number_of("BAD_DISK_MOST", 1L << 40);
    if (number < nth || number >= nth + most) return 0;
    const char *log = getenv("BAD_DISK_LOG");
    if (log) {
        char line[4200];
        int length = snprintf(line, sizeof line, "%s %s\n", call, what ? what : "");
        int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) {
            syscall(SYS_write, fd, line, (size_t)length);
            syscall(SYS_close, fd);
        }
    }
    errno = (int)number_of("BAD_DISK_ERRNO", EIO);
    return 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAILS_ON(ours, call, what, lie) \
    do { if ((ours) && is_hit(call, what)) return errno ? -1 : (lie); } while (0)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        FAILS_ON(below_root(path), "open", path, (errno = EIO, -1)); \
        return real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int at, const char *path, int flags, ...) { \
        REAL(name); \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        FAILS_ON(below_root(path), "open", path, (errno = EIO, -1)); \
        return real(at, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t read(int fd, void *to, size_t count) {
    REAL(read);
    FAILS_ON(is_ours(fd), "read", "", 0);
    return real(fd, to, count);
}
ssize_t pread(int fd, void *to, size_t count, off_t at) {
    REAL(pread);
    FAILS_ON(is_ours(fd), "read", "", 0);
    return real(fd, to, count, at);
}
ssize_t pread64(int fd, void *to, size_t count, off64_t at) {
    REAL(pread64);
    FAILS_ON(is_ours(fd), "read", "", 0);
    return real(fd, to, count, at);
}
ssize_t write(int fd, const void *from, size_t count) {
    REAL(write);
    FAILS_ON(is_ours(fd), "write", "", (ssize_t)count);
    return real(fd, from, count);
}
ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
    REAL(pwrite);
    FAILS_ON(is_ours(fd), "write", "", (ssize_t)count);
    return real(fd, from, count, at);
}
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    REAL(pwrite64);
    FAILS_ON(is_ours(fd), "write", "", (ssize_t)count);
    return real(fd, from, count, at);
}
int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    FAILS_ON(is_ours(fd), "write", "", 0);
    return real(fd, length);
}
int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    FAILS_ON(is_ours(fd), "write", "", 0);
    return real(fd, length);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    FAILS_ON(below_root(path), "write", path, 0);
    return real(path, mode);
}

static void wait_for_disk(void) {
    long sleep = number_of("BAD_DISK_SLEEP", 0);
    struct timespec rest = {sleep / 1000, (sleep % 1000) * 1000000L};
    if (sleep > 0) nanosleep(&rest, NULL);
}
int fsync(int fd) {
    REAL(fsync);
    if (!is_ours(fd)) return real(fd);
    wait_for_disk();
    FAILS_ON(1, "sync", "", 0);
    return real(fd);
}
int fdatasync(int fd) {
    REAL(fdatasync);
    if (!is_ours(fd)) return real(fd);
    wait_for_disk();
    FAILS_ON(1, "sync", "", 0);
    return real(fd);
}
int rename(const char *from, const char *to) {
    REAL(rename);
    FAILS_ON(below_root(from), "rename", from, 0);
    return real(from, to);
}
int link(const char *from, const char *to) {
    REAL(link);
    FAILS_ON(below_root(from), "rename", from, 0);
    return real(from, to);
}
int unlink(const char *path) {
    REAL(unlink);
    FAILS_ON(below_root(path), "rename", path, 0);
    return real(path);
}
