/* Valid C and C++: writes into an image and reads it back through the installed headers and libraries. */
#include <rados/librados.h>
#include <rbd/librbd.h>
#include <stdio.h>
#include <string.h>

#define CHECK(call)                                                                                        \
    do {                                                                                                   \
        int ret_ = (int)(call);                                                                            \
        if (ret_ < 0) {                                                                                    \
            printf("FAIL %s: %d\n", #call, ret_);                                                          \
            return 1;                                                                                      \
        }                                                                                                  \
    } while (0)

int main(void)
{
    rados_t cluster;
    rados_ioctx_t io;
    rbd_image_t image;
    char back[6] = {0};
    int order = 22;

    CHECK(rados_create(&cluster, "admin"));
    CHECK(rados_conf_read_file(cluster, NULL));
    CHECK(rados_connect(cluster));
    CHECK(rados_ioctx_create(cluster, "rbd", &io));
    (void)rbd_remove(io, "hello");
    CHECK(rbd_create(io, "hello", 1 << 20, &order));
    CHECK(rbd_open(io, "hello", &image, NULL));
    CHECK(rbd_write(image, 4000, 5, "hello"));
    CHECK(rbd_read(image, 4000, 5, back));
    CHECK(rbd_close(image));
    rados_ioctx_destroy(io);
    rados_shutdown(cluster);
    if (strcmp(back, "hello") != 0) {
        printf("FAIL read back '%s'\n", back);
        return 1;
    }
    return 0;
}
