/* Buffers that are NULL, names of no length and of 4096 bytes, extents that overflow, sizes that are wrong. */
#include <sys/uio.h>

#include "rbd_bad.h"

#define SIZE (1 << 20)

static rbd_image_t image;
static char buf[4096];

static void null_arguments(void)
{
	size_t len = sizeof buf;
	uint64_t number;
	int order = 16;
	rbd_image_t other = NULL;
	struct iovec nowhere = {NULL, 512}, good = {buf, 512};
	rbd_completion_t c;
	must("completion", rbd_aio_create_completion(NULL, NULL, &c));
	printf("# NULL\n");
#define NO(call) refused(#call, call)
	NO(rbd_read(image, 0, 512, NULL));
	NO(rbd_write(image, 0, 512, NULL));
	NO(rbd_writesame(image, 0, 512, NULL, 512, 0));
	NO(rbd_compare_and_write(image, 0, 512, NULL, buf, &number, 0));
	NO(rbd_compare_and_write(image, 0, 512, buf, NULL, &number, 0));
	NO(rbd_aio_read(image, 0, 512, NULL, c));
	NO(rbd_aio_write(image, 0, 512, NULL, c));
	NO(rbd_aio_readv(image, NULL, 1, 0, c));
	NO(rbd_aio_writev(image, NULL, 1, 0, c));
	NO(rbd_aio_readv(image, &nowhere, 1, 0, c));
	NO(rbd_aio_writev(image, &nowhere, 1, 0, c));
	NO(rbd_aio_compare_and_writev(image, 0, &good, 1, &nowhere, 1, c, NULL, 0));
	NO(rbd_stat(image, NULL, sizeof(rbd_image_info_t)));
	NO(rbd_get_size(image, NULL));
	NO(rbd_get_features(image, NULL));
	NO(rbd_get_flags(image, NULL));
	NO(rbd_get_stripe_unit(image, NULL));
	NO(rbd_get_name(image, NULL, &len));
	len = sizeof buf;
	NO(rbd_get_name(image, buf, NULL));
	NO(rbd_get_id(image, NULL, 64));
	NO(rbd_get_create_timestamp(image, NULL));
	NO(rbd_snap_list(image, NULL, NULL));
	NO(rbd_snap_create(image, NULL));
	NO(rbd_snap_remove(image, NULL));
	NO(rbd_snap_rename(image, NULL, "b"));
	NO(rbd_snap_rename(image, "a", NULL));
	NO(rbd_snap_rollback(image, NULL));
	NO(rbd_snap_get_id(image, NULL, &number));
	NO(rbd_metadata_get(image, NULL, buf, &len));
	NO(rbd_metadata_set(image, NULL, "v"));
	NO(rbd_metadata_set(image, "k", NULL));
	NO(rbd_metadata_list(image, "", 0, buf, NULL, buf, &len));
	NO(rbd_break_lock(image, NULL, "c"));
	NO(rbd_update_watch(image, &number, NULL, NULL));
	NO(rbd_update_watch(image, NULL, NULL, NULL));
	NO(rbd_diff_iterate2(image, NULL, 0, 512, 1, 1, NULL, NULL));
	NO(rbd_read_iterate2(image, 0, 512, NULL, NULL));
	NO(rbd_aio_create_completion(NULL, NULL, NULL));
	NO(rbd_poll_io_events(image, NULL, 4));
	NO(rbd_open(io, NULL, &other, NULL));
	NO(rbd_open(io, "bad-args", NULL, NULL));
	NO(rbd_open_by_id(io, NULL, &other, NULL));
	NO(rbd_create(io, NULL, SIZE, &order));
	NO(rbd_create(io, "bad-new", SIZE, NULL));
	NO(rbd_remove(io, NULL));
	NO(rbd_rename(io, NULL, "x"));
	NO(rbd_rename(io, "bad-args", NULL));
	NO(rbd_list2(io, NULL, NULL));
	NO(rbd_list(io, buf, NULL));
	NO(rbd_namespace_create(io, NULL));
	NO(rbd_namespace_exists(io, "n", NULL));
	NO(rbd_features_from_string(NULL, &number));
	NO(rbd_features_to_string(1, buf, NULL));
	rbd_image_options_create(NULL);
	rbd_version(NULL, NULL, NULL);
	rbd_snap_list_end(NULL);
	rbd_image_spec_cleanup(NULL);
	rbd_image_spec_list_cleanup(NULL, 3);
	rbd_linked_image_spec_cleanup(NULL);
	rbd_linked_image_spec_list_cleanup(NULL, 3);
	rbd_snap_spec_cleanup(NULL);
	rbd_trash_get_cleanup(NULL);
	rbd_trash_list_cleanup(NULL, 3);
	rbd_watchers_list_cleanup(NULL, 3);
	rbd_lock_get_owners_cleanup(NULL, 3);
	rbd_mirror_image_global_status_cleanup(NULL);
	rbd_group_snap_list2_cleanup(NULL, 3);
	rbd_config_pool_list_cleanup(NULL, 3);
	rbd_config_pool_list_cleanup(NULL, -3);
	rbd_aio_release(c);
	answers("read of nothing into NULL", rbd_read(image, 0, 0, NULL), 0);
	answers("write of nothing from NULL", rbd_write(image, 0, 0, NULL), 0);
}

static void zeroed_structs(void)
{
	rbd_linked_image_spec_t linked[2];
	rbd_mirror_image_global_status_t status;
	rbd_group_snap_info2_t snap;
	rbd_snap_info_t snaps[1];
	rbd_image_migration_status_t migration;
	memset(linked, 0, sizeof linked);
	memset(&status, 0, sizeof status);
	memset(&snap, 0, sizeof snap);
	memset(snaps, 0, sizeof snaps);
	memset(&migration, 0, sizeof migration);
	rbd_linked_image_spec_list_cleanup(linked, 2);
	rbd_mirror_image_global_status_cleanup(&status);
	rbd_group_snap_get_info_cleanup(&snap);
	rbd_snap_list_end(snaps);
	rbd_migration_status_cleanup(&migration);
	answers("group_info_cleanup, wrong size", rbd_group_info_cleanup(NULL, 3), -ERANGE);
	printf("ok zeroed structs\n");
}

static void names(void)
{
	static char huge[5000], limit[4097];
	rbd_image_t other;
	int order = 16;
	memset(huge, 'n', sizeof huge - 1);
	memset(limit, 'n', sizeof limit - 1);
	printf("# names\n");
	NO(rbd_create(io, "", SIZE, &order));
	NO(rbd_create(io, huge, SIZE, &order));
	NO(rbd_create(io, limit, SIZE, &order));
	NO(rbd_create(io, "a/b", SIZE, &order));
	NO(rbd_create(io, "a@b", SIZE, &order));
	NO(rbd_open(io, "", &other, NULL));
	NO(rbd_open(io, huge, &other, NULL));
	NO(rbd_open(io, limit, &other, NULL));
	NO(rbd_open(io, "bad-args", &other, huge));
	NO(rbd_open_by_id(io, "", &other, NULL));
	NO(rbd_open_by_id(io, huge, &other, NULL));
	NO(rbd_remove(io, ""));
	NO(rbd_remove(io, huge));
	NO(rbd_rename(io, "bad-args", ""));
	NO(rbd_rename(io, "bad-args", huge));
	NO(rbd_rename(io, huge, "bad-args"));
	NO(rbd_snap_create(image, ""));
	NO(rbd_snap_remove(image, ""));
	NO(rbd_snap_remove(image, huge));
	NO(rbd_snap_set(image, huge));
	NO(rbd_namespace_create(io, ""));
	NO(rbd_namespace_remove(io, ""));
	NO(rbd_open(io, "\xff\xfe\x80", &other, NULL));
}

static void extents(void)
{
	uint64_t number;
	struct iovec overflow[2] = {{buf, SIZE_MAX}, {buf, 512}};
	struct iovec long_[2] = {{buf, SSIZE_MAX}, {buf, SSIZE_MAX}};
	struct iovec parts[2] = {{buf, 512}, {buf, 512}};
	rbd_completion_t c;
	must("completion", rbd_aio_create_completion(NULL, NULL, &c));
	printf("# extents\n");
	NO(rbd_read(image, UINT64_MAX, 512, buf));
	NO(rbd_read(image, UINT64_MAX - 100, 512, buf));
	NO(rbd_read(image, SIZE, 512, buf));
	NO(rbd_read(image, 0, SIZE_MAX, buf));
	NO(rbd_read(image, 0, (size_t)SSIZE_MAX + 1, buf));
	NO(rbd_write(image, UINT64_MAX, 512, buf));
	NO(rbd_write(image, UINT64_MAX - 100, 512, buf));
	NO(rbd_write(image, 0, SIZE_MAX, buf));
	NO(rbd_discard(image, UINT64_MAX, 512));
	NO(rbd_discard(image, 0, UINT64_MAX));
	NO(rbd_discard(image, UINT64_MAX, UINT64_MAX));
	NO(rbd_writesame(image, UINT64_MAX - 100, 512, buf, 512, 0));
	NO(rbd_writesame(image, 0, 513, buf, 512, 0));
	NO(rbd_writesame(image, 0, 512, buf, 0, 0));
	NO(rbd_writesame(image, 0, SIZE_MAX - 1, buf, 2, 0));
	NO(rbd_write_zeroes(image, UINT64_MAX - 100, 512, 0, 0));
	NO(rbd_write_zeroes(image, 0, 512, 0x40, 0));
	NO(rbd_compare_and_write(image, UINT64_MAX - 100, 512, buf, buf, &number, 0));
	NO(rbd_diff_iterate2(image, NULL, UINT64_MAX, 512, 1, 1, NULL, NULL));
	NO(rbd_diff_iterate3(image, 0, 0, 512, 0x40, NULL, NULL));
	NO(rbd_aio_writev(image, overflow, 2, 0, c));
	NO(rbd_aio_readv(image, overflow, 2, 0, c));
	NO(rbd_aio_writev(image, long_, 2, 0, c));
	NO(rbd_aio_readv(image, long_, 2, 0, c));
	NO(rbd_aio_writev(image, parts, 0, 0, c));
	NO(rbd_aio_writev(image, parts, -1, 0, c));
	NO(rbd_aio_writev(image, parts, INT_MIN, 0, c));
	NO(rbd_aio_readv(image, parts, 0, 0, c));
	NO(rbd_aio_readv(image, parts, -1, 0, c));
	NO(rbd_aio_compare_and_writev(image, 0, parts, 2, parts, 1, c, &number, 0));
	NO(rbd_aio_compare_and_writev(image, 0, parts, 0, parts, 1, c, &number, 0));
	NO(rbd_aio_write(image, 0, SIZE_MAX, buf, c));
	NO(rbd_aio_read(image, 0, SIZE_MAX, buf, c));
	NO(rbd_aio_writesame(image, 0, 513, buf, 512, c, 0));
	answers("write_with_crc32c, wrong", rbd_aio_write_with_crc32c(image, 0, 512, buf, 12345, c, 0), -EINVAL);
	answers("the completion is still good", rbd_aio_write(image, UINT64_MAX, 512, buf, c), 0);
	answers("wait", rbd_aio_wait_for_complete(c), 0);
	answers("past the end", rbd_aio_get_return_value(c), -EINVAL);
	rbd_aio_release(c);
	must("completion", rbd_aio_create_completion(NULL, NULL, &c));
	answers("aio_discard", rbd_aio_discard(image, UINT64_MAX, UINT64_MAX, c), 0);
	answers("wait", rbd_aio_wait_for_complete(c), 0);
	refused("discard of everything beyond", rbd_aio_get_return_value(c));
	rbd_aio_release(c);
	NO(rbd_poll_io_events(image, NULL, 0));
	NO(rbd_poll_io_events(image, NULL, -5));
	NO(rbd_set_image_notification(image, -1, EVENT_TYPE_EVENTFD));
	NO(rbd_set_image_notification(image, 12345, EVENT_TYPE_EVENTFD));
	NO(rbd_set_image_notification(image, 1, 77));
}

static void sizes(void)
{
	rbd_image_info_t info[2];
	rbd_image_options_t opts;
	uint64_t number = 0;
	int order;
	printf("# sizes\n");
	memset(info, 0x55, sizeof info);
	NO(rbd_stat(image, info, 0));
	NO(rbd_stat(image, info, 1));
	NO(rbd_stat(image, info, sizeof info[0] - 1));
	answers("nothing written", differs((char *)info, sizeof info, 0x55), -1);
	answers("a longer struct", rbd_stat(image, info, sizeof info), 0);
	answers("only its front", differs((char *)&info[1], sizeof info[1], 0x55), -1);
	order = -1;
	NO(rbd_create(io, "bad-new", SIZE, &order));
	order = 64;
	NO(rbd_create(io, "bad-new", SIZE, &order));
	order = 16;
	NO(rbd_create2(io, "bad-new", SIZE, UINT64_MAX, &order));
	NO(rbd_create3(io, "bad-new", SIZE, 3, &order, UINT64_MAX, UINT64_MAX));
	NO(rbd_create3(io, "bad-new", SIZE, 3, &order, 1, 0));
	rbd_image_options_create(&opts);
	answers("order", rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_ORDER, UINT64_MAX), 0);
	NO(rbd_create4(io, "bad-new", SIZE, opts));
	answers("data pool", rbd_image_options_unset(opts, RBD_IMAGE_OPTION_ORDER), 0);
	answers("data pool", rbd_image_options_set_string(opts, RBD_IMAGE_OPTION_DATA_POOL, "no-such-pool"), 0);
	NO(rbd_create4(io, "bad-new", SIZE, opts));
	NO(rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, buf, 0));
	NO(rbd_image_options_get_uint64(opts, INT_MAX, &number));
	NO(rbd_image_options_get_uint64(opts, INT_MIN, &number));
	rbd_image_options_destroy(opts);
	NO(rbd_resize2(image, 0, false, NULL, NULL));
	NO(rbd_lock_acquire(image, (rbd_lock_mode_t)77));
	NO(rbd_snap_create2(image, "s", UINT32_MAX, NULL, NULL));
	NO(rbd_update_unwatch(image, 12345));
	answers("resize without a progress function", rbd_resize2(image, SIZE, true, NULL, NULL), 0);
}

int main(void)
{
	start();
	fresh("bad-args", SIZE, 16);
	must("open", rbd_open(io, "bad-args", &image, NULL));
	memset(buf, 'g', sizeof buf);
	answers("write", rbd_write(image, 0, sizeof buf, buf), sizeof buf);
	null_arguments();
	zeroed_structs();
	names();
	extents();
	sizes();
	printf("# nothing was damaged\n");
	memset(buf, 0, sizeof buf);
	answers("read", rbd_read(image, 0, sizeof buf, buf), sizeof buf);
	answers("bytes", differs(buf, sizeof buf, 'g'), -1);
	answers("close", rbd_close(image), 0);
	answers("remove", rbd_remove(io, "bad-args"), 0);
	size_t size = 0;
	answers("nothing left", rbd_list(io, NULL, &size) == -ERANGE, 0);
	return finish();
}
