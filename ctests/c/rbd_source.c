/* The ways real programs use the header, so that it stays source-compatible: version and feature tests, casts of
 * callbacks, designated initialisers, switches over enums, function pointers, arrays sized by macros. */
#include <stdatomic.h>

#include "rbd_check.h"

#if LIBRBD_VERSION_CODE < LIBRBD_VERSION(1, 12, 0)
#error "too old"
#endif
#if !defined(LIBRBD_SUPPORTS_IOVEC) || !defined(LIBRBD_SUPPORTS_AIO_FLUSH) || !defined(LIBRBD_SUPPORTS_WRITE_ZEROES)
#error "misses what programs test for"
#endif
#if LIBRBD_SUPPORTS_WATCH
#error "has what it has not"
#endif

#ifdef RBD_FEATURE_DATA_POOL
enum { HAS_DATA_POOL = 1 };
#endif

/* A back end that loads its library by hand keeps a table of these. */
struct table {
	int (*open)(rados_ioctx_t, const char *, rbd_image_t *, const char *);
	int (*aio_writev)(rbd_image_t, const struct iovec *, int, uint64_t, rbd_completion_t);
	ssize_t (*read2)(rbd_image_t, uint64_t, size_t, char *, int);
	int64_t (*pool)(rbd_image_t);
	void (*release)(rbd_completion_t);
	void *(*arg)(rbd_completion_t);
	int (*diff)(rbd_image_t, const char *, uint64_t, uint64_t, uint8_t, uint8_t,
		    int (*)(uint64_t, size_t, int, void *), void *);
};

static const struct table table = {
	.open = rbd_open,
	.aio_writev = rbd_aio_writev,
	.read2 = rbd_read2,
	.pool = rbd_get_data_pool_id,
	.release = rbd_aio_release,
	.arg = rbd_aio_get_arg,
	.diff = rbd_diff_iterate2,
};

struct task {
	atomic_int complete;
	int64_t ret;
};

/* With another type of argument than the typedef has, as QEMU does. */
static void finish_task(rbd_completion_t c, struct task *task)
{
	task->ret = rbd_aio_get_return_value(c);
	rbd_aio_release(c);
	atomic_store(&task->complete, 1);
}

struct extent {
	uint64_t offs, bytes;
	bool exists;
};

#define EXIT_DIFF -9000

static int first_extent(uint64_t offs, size_t len, int exists, void *opaque)
{
	struct extent *extent = opaque;
	*extent = (struct extent){.offs = offs, .bytes = len, .exists = exists};
	return EXIT_DIFF;
}

static const char *type_name(rbd_snap_namespace_type_t type)
{
	switch (type) {
	case RBD_SNAP_NAMESPACE_TYPE_USER:
		return "user";
	case RBD_SNAP_NAMESPACE_TYPE_GROUP:
		return "group";
	case RBD_SNAP_NAMESPACE_TYPE_TRASH:
		return "trash";
	case RBD_SNAP_NAMESPACE_TYPE_MIRROR:
		return "mirror";
	}
	return "unknown";
}

int main(void)
{
	const char passphrase[] = "secret";
	rbd_encryption_luks2_format_options_t luks = {
		.alg = RBD_ENCRYPTION_ALGORITHM_AES256,
		.passphrase = passphrase,
		.passphrase_size = sizeof(passphrase) - 1,
	};
	rbd_encryption_options_t opaque = &luks;
	char name[RBD_MAX_IMAGE_NAME_SIZE], prefix[RBD_MAX_BLOCK_NAME_SIZE];
	rbd_image_info_t info = {0};
	rbd_image_t image;
	rbd_completion_t c;
	struct task task = {.ret = -1};
	struct extent extent = {0};
	struct iovec vector[2] = {{.iov_base = name, .iov_len = sizeof name}, {.iov_base = prefix, .iov_len = sizeof prefix}};
	uint64_t features = RBD_FEATURES_ALL & ~RBD_FEATURES_SINGLE_CLIENT;

	is("macros", HAS_DATA_POOL, 1);
	is("features", (features & RBD_FEATURE_LAYERING) != 0, 1);
	is("options", opaque != NULL && RBD_ENCRYPTION_FORMAT_LUKS2 == 1, 1);
	is_text("name", RBD_FEATURE_NAME_STRIPINGV2, "striping");
	is_text("type", type_name(RBD_SNAP_NAMESPACE_TYPE_MIRROR), "mirror");
	memset(name, 'n', sizeof name);
	memset(prefix, 'p', sizeof prefix);

	start();
	fresh("img-source", 1 << 20, 16);
	is("open", table.open(io, "img-source", &image, NULL), 0);
	is("stat", rbd_stat(image, &info, sizeof(info)), 0);
	is("size", info.size, 1 << 20);
	is("completion", rbd_aio_create_completion(&task, (rbd_callback_t)finish_task, &c), 0);
	is("writev", table.aio_writev(image, vector, 2, 65536, c), 0);
	while (!atomic_load(&task.complete))
		usleep(1000);
	is("value", task.ret, 0);
	is("flush", rbd_flush(image), 0);
	is("diff", table.diff(image, NULL, 0, info.size, 1, 1, first_extent, &extent), EXIT_DIFF);
	is("offset", extent.offs, 65536);
	is("length", extent.bytes, 65536);
	is("exists", extent.exists, 1);
	is("read", table.read2(image, 65536, sizeof name, name, LIBRADOS_OP_FLAG_FADVISE_SEQUENTIAL), sizeof name);
	is("bytes", differs(name, sizeof name, 'n'), -1);
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-source"), 0);
	return finish();
}
