/* A camera in a shared library: loaded with LD_PRELOAD it answers for /dev/video42, so that OpenCV's real V4L2 code runs
 * where the kernel has no camera at all. The folder FAKE_V4L2 holds frame-0.jpg, frame-1.jpg, ... and "mode":
 * ok | unplug | stall | truncate | same | yuyv | fixed (without controls). Frames come at 30 a second. Every control that is
 * set is added to "set" in the folder, as "id value". A second opening beside the stream is for controls only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#define BUFFERS 4
#define WIDTH 1280
#define HEIGHT 720
#define ROOM (WIDTH * HEIGHT * 2)

static int camera = -1, beside = -1, queued[BUFFERS], count, head, sequence;
static unsigned char *memory;
static struct timespec due;

static int is(const char *mode) {
    char path[512], word[32] = "";
    snprintf(path, sizeof path, "%s/mode", getenv("FAKE_V4L2"));
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%31s", word) != 1) word[0] = 0;
        fclose(file);
    }
    return strcmp(word, mode) == 0;
}

static int fail(int number) {
    errno = number;
    return -1;
}

static struct { unsigned id; int least, most, value; } controls[] = {
    {V4L2_CID_EXPOSURE_AUTO, 0, 3, 3},
    {V4L2_CID_EXPOSURE_ABSOLUTE, 3, 2047, 156},
    {V4L2_CID_FOCUS_AUTO, 0, 1, 1},
    {V4L2_CID_FOCUS_ABSOLUTE, 0, 250, 30},
};

/* What one process sets the next one finds, as in the kernel. */
static void recall(void) {
    char path[512];
    unsigned id;
    int value;
    snprintf(path, sizeof path, "%s/set", getenv("FAKE_V4L2"));
    FILE *file = fopen(path, "r");
    while (file && fscanf(file, "%x %d", &id, &value) == 2)
        for (int at = 0; at < 4; at++)
            if (controls[at].id == id) controls[at].value = value;
    if (file) fclose(file);
}

static int answer_control(unsigned long request, void *argument) {
    recall();
    struct v4l2_control *asked = argument;
    struct v4l2_queryctrl *query = argument;
    unsigned id = request == VIDIOC_QUERYCTRL ? query->id : asked->id;
    for (int at = 0; at < 4 && !is("fixed"); at++) {
        if (controls[at].id != id) continue;
        if (request == VIDIOC_QUERYCTRL) {
            query->minimum = controls[at].least;
            query->maximum = controls[at].most;
            query->step = 1;
            query->flags = 0;
        } else if (request == VIDIOC_G_CTRL) {
            asked->value = controls[at].value;
        } else {
            int decides = id == V4L2_CID_EXPOSURE_ABSOLUTE ? controls[0].value != 1
                        : id == V4L2_CID_FOCUS_ABSOLUTE    ? controls[2].value
                                                           : 0;
            if (decides) return fail(EACCES); /* as UVC cameras do while they decide themselves */
            if (asked->value < controls[at].least || asked->value > controls[at].most) return fail(ERANGE);
            if (id == V4L2_CID_EXPOSURE_AUTO && asked->value != 1 && asked->value != 3) return fail(EINVAL);
            controls[at].value = asked->value;
            char path[512];
            snprintf(path, sizeof path, "%s/set", getenv("FAKE_V4L2"));
            FILE *file = fopen(path, "a");
            if (file) fprintf(file, "%x %d\n", id, asked->value), fclose(file);
        }
        return 0;
    }
    return fail(EINVAL);
}

static int open_camera(void) {
    if (is("unplug")) return fail(ENOENT);
    if (camera >= 0) return beside = memfd_create("beside", 0);
    camera = memfd_create("camera", 0);
    if (camera < 0 || ftruncate(camera, (off_t)BUFFERS * ROOM)) return -1;
    if (memory) munmap(memory, (size_t)BUFFERS * ROOM);
    memory = mmap(NULL, (size_t)BUFFERS * ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, camera, 0);
    count = head = 0;
    clock_gettime(CLOCK_MONOTONIC, &due);
    return camera;
}

int open(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    va_list rest;
    va_start(rest, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
    va_end(rest);
    return strcmp(path, "/dev/video42") ? real(path, flags, mode) : open_camera();
}

int open64(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    va_list rest;
    va_start(rest, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
    va_end(rest);
    return strcmp(path, "/dev/video42") ? real(path, flags, mode) : open_camera();
}

int close(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (fd == camera) camera = -1;
    if (fd == beside) beside = -1;
    return real(fd);
}

int select(int n, fd_set *reading, fd_set *writing, fd_set *failing, struct timeval *wait) {
    static int (*real)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
    if (!real) real = (int (*)(int, fd_set *, fd_set *, fd_set *, struct timeval *))dlsym(RTLD_NEXT, "select");
    if (camera >= 0 && reading && camera < n && FD_ISSET(camera, reading) && is("stall")) {
        struct timespec pause = {wait ? wait->tv_sec : 1, wait ? wait->tv_usec * 1000 : 0};
        nanosleep(&pause, NULL);
        FD_ZERO(reading);
        return 0;
    }
    return real(n, reading, writing, failing, wait);
}

static void describe(struct v4l2_format *format) {
    memset(&format->fmt, 0, sizeof format->fmt);
    format->fmt.pix.width = WIDTH;
    format->fmt.pix.height = HEIGHT;
    format->fmt.pix.pixelformat = is("yuyv") ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;
    format->fmt.pix.bytesperline = is("yuyv") ? WIDTH * 2 : 0;
    format->fmt.pix.sizeimage = ROOM;
}

static size_t picture(unsigned char *room) {
    char path[512];
    if (is("yuyv")) {
        memset(room, 0x80 + sequence % 8, ROOM);
        return ROOM;
    }
    snprintf(path, sizeof path, "%s/frame-%d.jpg", getenv("FAKE_V4L2"), is("same") ? 0 : sequence % 8);
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(room, 1, ROOM, file) : 0;
    if (file) fclose(file);
    return is("truncate") ? size / 2 : size;
}

static int dequeue(struct v4l2_buffer *buffer) {
    if (is("stall") || !count) return fail(EAGAIN);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    clock_gettime(CLOCK_MONOTONIC, &due);
    due.tv_nsec += 33333333;
    if (due.tv_nsec >= 1000000000) due.tv_sec++, due.tv_nsec -= 1000000000;
    int index = queued[head];
    head = (head + 1) % BUFFERS;
    count--;
    buffer->index = index;
    buffer->bytesused = picture(memory + (size_t)index * ROOM);
    buffer->length = ROOM;
    buffer->memory = V4L2_MEMORY_MMAP;
    buffer->m.offset = index * ROOM;
    buffer->sequence = sequence++;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE;
    return 0;
}

static int answer(unsigned long request, void *argument) {
    struct v4l2_capability *capability = argument;
    struct v4l2_requestbuffers *wanted = argument;
    struct v4l2_buffer *buffer = argument;
    struct v4l2_streamparm *speed = argument;
    if (is("unplug")) return fail(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCTRL:
    case VIDIOC_G_CTRL:
    case VIDIOC_S_CTRL:
        return answer_control(request, argument);
    case VIDIOC_QUERYCAP:
        memset(capability, 0, sizeof *capability);
        strcpy((char *)capability->driver, "fake");
        strcpy((char *)capability->card, "Fake camera");
        capability->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
        capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    case VIDIOC_G_INPUT:
        *(int *)argument = 0;
        return 0;
    case VIDIOC_S_INPUT:
        return 0;
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT:
        describe(argument);
        return 0;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        speed->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        speed->parm.capture.timeperframe.numerator = 1;
        speed->parm.capture.timeperframe.denominator = 30;
        return 0;
    case VIDIOC_REQBUFS:
        if (wanted->count > BUFFERS) wanted->count = BUFFERS;
        return 0;
    case VIDIOC_QUERYBUF:
        buffer->length = ROOM;
        buffer->m.offset = buffer->index * ROOM;
        return 0;
    case VIDIOC_QBUF:
        queued[(head + count++) % BUFFERS] = buffer->index;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(buffer);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        if (request == VIDIOC_STREAMOFF) count = head = 0;
        return 0;
    default:
        return fail(EINVAL);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    static int (*real)(int, unsigned long, ...);
    if (!real) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fd >= 0 && (fd == camera || fd == beside) ? answer((unsigned int)request, argument) : real(fd, request, argument);
}
