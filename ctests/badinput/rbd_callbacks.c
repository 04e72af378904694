/* Callbacks that do what Ceph's documentation leaves open: close the image they came from, start more I/O, wait for
 * other completions, release their own; images closed with I/O under way; completions released early. */
#include <pthread.h>

#include "rbd_bad.h"

static rbd_image_t image;
static char buf[65536];
static int done;

static void wait_for(int calls)
{
	for (int i = 0; i < 3000 && __atomic_load_n(&done, __ATOMIC_SEQ_CST) < calls; i++)
		usleep(10000);
	answers("callbacks", __atomic_load_n(&done, __ATOMIC_SEQ_CST), calls);
	__atomic_store_n(&done, 0, __ATOMIC_SEQ_CST);
}

static void finished(rbd_completion_t c, void *arg)
{
	(void)arg;
	rbd_aio_release(c);
	__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
}

static void closing(rbd_completion_t c, void *arg)
{
	answers("value inside the callback", rbd_aio_get_return_value(c), 0);
	answers("close inside the callback", rbd_close(image), 0);
	refused("and again", rbd_close(image));
	finished(c, arg);
}

static void resubmitting(rbd_completion_t c, void *arg)
{
	int *left = arg;
	if (--*left > 0) {
		rbd_completion_t next;
		must("completion", rbd_aio_create_completion(arg, resubmitting, &next));
		must("aio_write", rbd_aio_write(image, 4096 * *left, 4096, buf, next));
	}
	finished(c, arg);
}

static void synchronous(rbd_completion_t c, void *arg)
{
	char data[16];
	answers("write inside the callback", rbd_write(image, 0, 6, "inside"), 6);
	answers("read inside the callback", rbd_read(image, 0, 6, data), 6);
	answers("flush inside the callback", rbd_flush(image), 0);
	answers("snapshot inside the callback", rbd_snap_create(image, "inside"), 0);
	answers("and away", rbd_snap_remove(image, "inside"), 0);
	finished(c, arg);
}

static rbd_completion_t with(rbd_callback_t callback, void *arg)
{
	rbd_completion_t c;
	must("completion", rbd_aio_create_completion(arg, callback, &c));
	return c;
}

int main(void)
{
	int left = 20;
	alarm(100);
	start();
	fresh("bad-callbacks", 1 << 20, 16);
	must("open", rbd_open(io, "bad-callbacks", &image, NULL));

	answers("aio_write", rbd_aio_write(image, 0, 4096, buf, with(resubmitting, &left)), 0);
	wait_for(20);
	answers("aio_read", rbd_aio_read(image, 0, 4096, buf, with(synchronous, NULL)), 0);
	wait_for(1);
	answers("aio_write", rbd_aio_write(image, 0, 4096, buf, with(closing, NULL)), 0);
	wait_for(1);
	refused("closed", rbd_read(image, 0, 16, buf));

	must("open", rbd_open(io, "bad-callbacks", &image, NULL));
	for (int i = 0; i < 64; i++)
		must("aio_write", rbd_aio_write(image, i * 4096, 4096, buf, with(finished, NULL)));
	answers("close with writes under way", rbd_close(image), 0);
	wait_for(64);

	must("open", rbd_open(io, "bad-callbacks", &image, NULL));
	for (int i = 0; i < 64; i++)
		must("aio_read", rbd_aio_read(image, i * 4096, 4096, buf, with(finished, NULL)));
	answers("aio_close with reads under way", rbd_aio_close(image, with(finished, NULL)), 0);
	wait_for(65);
	refused("closed", rbd_flush(image));

	/* The completion tells of the close after the handle is gone. */
	must("open", rbd_open(io, "bad-callbacks", &image, NULL));
	rbd_completion_t c = with(NULL, NULL);
	answers("aio_close", rbd_aio_close(image, c), 0);
	refused("gone at once", rbd_aio_flush(image, c));
	answers("wait", rbd_aio_wait_for_complete(c), 0);
	rbd_aio_release(c);

	must("open", rbd_open(io, "bad-callbacks", &image, NULL));
	for (int i = 0; i < 32; i++) {
		c = with(NULL, NULL);
		must("aio_write", rbd_aio_write(image, i * 4096, 4096, buf, c));
		rbd_aio_release(c);
	}
	answers("flush", rbd_flush(image), 0);
	answers("I/O contexts may go first", 0, 0);
	rados_ioctx_t second;
	rbd_image_t orphan;
	must("ioctx", rados_ioctx_create(cluster, "rbd", &second));
	must("open", rbd_open(second, "bad-callbacks", &orphan, NULL));
	rados_ioctx_destroy(second);
	answers("write", rbd_write(orphan, 0, 4096, buf), 4096);
	answers("close", rbd_close(orphan), 0);
	answers("close", rbd_close(image), 0);
	answers("remove", rbd_remove(io, "bad-callbacks"), 0);

	/* Everything torn down with an image open: nothing may hang or crash. */
	fresh("bad-callbacks", 1 << 20, 16);
	must("open", rbd_open(io, "bad-callbacks", &image, NULL));
	must("aio_write", rbd_aio_write(image, 0, 4096, buf, with(finished, NULL)));
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	printf("ok shut down with an open image\n");
	rbd_close(image);
	refused("closed", rbd_read(image, 0, 16, buf));
	printf("%s\n", failures ? "FAIL" : "done");
	return failures != 0;
}
