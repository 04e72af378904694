/* Handles that are no images, options, completions or I/O contexts: NULL, closed, of another kind, foreign. */
#include "rbd_bad.h"

static char buf[4096];
static rbd_completion_t completion;

static int extent(uint64_t off, size_t len, int exists, void *arg)
{
	(void)off, (void)len, (void)exists, (void)arg;
	return 0;
}

static int piece(uint64_t off, size_t len, const char *data, void *arg)
{
	(void)off, (void)len, (void)data, (void)arg;
	return 0;
}

static void told(void *arg)
{
	(void)arg;
}

static void no_image(const char *kind, rbd_image_t image)
{
	rbd_image_info_t info;
	uint64_t number;
	uint8_t byte;
	int value;
	bool flag;
	size_t len = sizeof buf, len2 = sizeof buf, len3 = sizeof buf, len4 = sizeof buf;
	char other[4096], third[4096], fourth[4096];
	struct timespec stamp;
	struct iovec part = {buf, 512};
	rbd_snap_info_t snaps[2];
	rbd_snap_namespace_type_t type;
	rbd_linked_image_spec_t specs[2];
	rbd_snap_spec_t snap;
	rbd_child_info_t children[2];
	rbd_image_watcher_t watchers[2];
	rbd_completion_t comps[2];
	rbd_lock_mode_t mode;
	char *owners[2];
	printf("# %s\n", kind);
#define NO(call) refused(#call, call)
	NO(rbd_close(image));
	NO(rbd_aio_close(image, completion));
	NO(rbd_resize(image, 1));
	NO(rbd_resize2(image, 1, true, NULL, NULL));
	NO(rbd_resize_with_progress(image, 1, NULL, NULL));
	NO(rbd_stat(image, &info, sizeof info));
	NO(rbd_get_old_format(image, &byte));
	NO(rbd_get_size(image, &number));
	NO(rbd_get_features(image, &number));
	NO(rbd_update_features(image, 1, 1));
	NO(rbd_get_op_features(image, &number));
	NO(rbd_get_stripe_unit(image, &number));
	NO(rbd_get_stripe_count(image, &number));
	NO(rbd_get_create_timestamp(image, &stamp));
	NO(rbd_get_access_timestamp(image, &stamp));
	NO(rbd_get_modify_timestamp(image, &stamp));
	NO(rbd_get_overlap(image, &number));
	NO(rbd_get_name(image, buf, &len));
	NO(rbd_get_id(image, buf, sizeof buf));
	NO(rbd_get_block_name_prefix(image, buf, sizeof buf));
	NO(rbd_get_data_pool_id(image));
	NO(rbd_get_parent_info(image, buf, 64, buf, 64, buf, 64));
	NO(rbd_get_parent_info2(image, buf, 64, buf, 64, buf, 64, buf, 64));
	NO(rbd_get_parent(image, specs, &snap));
	NO(rbd_get_flags(image, &number));
	NO(rbd_set_image_notification(image, 0, EVENT_TYPE_EVENTFD));
	NO(rbd_poll_io_events(image, comps, 2));
	NO(rbd_is_exclusive_lock_owner(image, &value));
	NO(rbd_lock_acquire(image, RBD_LOCK_MODE_EXCLUSIVE));
	NO(rbd_lock_release(image));
	NO(rbd_lock_get_owners(image, &mode, owners, &len));
	NO(rbd_lock_break(image, RBD_LOCK_MODE_EXCLUSIVE, "somebody"));
	NO(rbd_copy(image, io, "bad-copy"));
	NO(rbd_copy2(image, image));
	NO(rbd_deep_copy(image, io, "bad-copy", NULL));
	NO(rbd_flatten(image));
	NO(rbd_sparsify(image, 4096));
	NO(rbd_rebuild_object_map(image, NULL, NULL));
	NO(rbd_snap_list(image, snaps, &value));
	NO(rbd_snap_exists(image, "s", &flag));
	NO(rbd_snap_create(image, "s"));
	NO(rbd_snap_create2(image, "s", 0, NULL, NULL));
	NO(rbd_snap_remove(image, "s"));
	NO(rbd_snap_remove2(image, "s", 0, NULL, NULL));
	NO(rbd_snap_remove_by_id(image, 1));
	NO(rbd_snap_rollback(image, "s"));
	NO(rbd_snap_rename(image, "s", "t"));
	NO(rbd_snap_protect(image, "s"));
	NO(rbd_snap_unprotect(image, "s"));
	NO(rbd_snap_is_protected(image, "s", &value));
	NO(rbd_snap_get_limit(image, &number));
	NO(rbd_snap_set_limit(image, 1));
	NO(rbd_snap_get_timestamp(image, 1, &stamp));
	NO(rbd_snap_set(image, "s"));
	NO(rbd_snap_set(image, NULL));
	NO(rbd_snap_set_by_id(image, 1));
	len = sizeof buf;
	NO(rbd_snap_get_name(image, 1, buf, &len));
	NO(rbd_snap_get_id(image, "s", &number));
	NO(rbd_snap_get_namespace_type(image, 1, &type));
	NO(rbd_list_children(image, buf, &len, other, &len2));
	value = 2;
	NO(rbd_list_children2(image, children, &value));
	len = 2;
	NO(rbd_list_children3(image, specs, &len));
	len = sizeof buf;
	NO(rbd_list_lockers(image, &value, buf, &len, other, &len2, third, &len3, fourth, &len4));
	NO(rbd_lock_exclusive(image, "c"));
	NO(rbd_lock_shared(image, "c", "t"));
	NO(rbd_unlock(image, "c"));
	NO(rbd_break_lock(image, "client.1", "c"));
	NO(rbd_read(image, 0, 512, buf));
	NO(rbd_read2(image, 0, 512, buf, 0));
	NO(rbd_read_iterate(image, 0, 512, piece, NULL));
	NO(rbd_read_iterate2(image, 0, 512, piece, NULL));
	NO(rbd_diff_iterate(image, NULL, 0, 512, extent, NULL));
	NO(rbd_diff_iterate2(image, NULL, 0, 512, 1, 1, extent, NULL));
	NO(rbd_diff_iterate3(image, 0, 0, 512, 0, extent, NULL));
	NO(rbd_write(image, 0, 512, buf));
	NO(rbd_write2(image, 0, 512, buf, 0));
	NO(rbd_discard(image, 0, 512));
	NO(rbd_writesame(image, 0, 512, buf, 512, 0));
	NO(rbd_write_zeroes(image, 0, 512, 0, 0));
	NO(rbd_compare_and_write(image, 0, 512, buf, buf, &number, 0));
	NO(rbd_aio_write(image, 0, 512, buf, completion));
	NO(rbd_aio_write2(image, 0, 512, buf, completion, 0));
	NO(rbd_aio_write_with_crc32c(image, 0, 512, buf, 0, completion, 0));
	NO(rbd_aio_writev(image, &part, 1, 0, completion));
	NO(rbd_aio_read(image, 0, 512, buf, completion));
	NO(rbd_aio_read2(image, 0, 512, buf, completion, 0));
	NO(rbd_aio_readv(image, &part, 1, 0, completion));
	NO(rbd_aio_discard(image, 0, 512, completion));
	NO(rbd_aio_writesame(image, 0, 512, buf, 512, completion, 0));
	NO(rbd_aio_write_zeroes(image, 0, 512, completion, 0, 0));
	NO(rbd_aio_compare_and_write(image, 0, 512, buf, buf, completion, &number, 0));
	NO(rbd_aio_compare_and_writev(image, 0, &part, 1, &part, 1, completion, &number, 0));
	NO(rbd_aio_flush(image, completion));
	NO(rbd_flush(image));
	NO(rbd_invalidate_cache(image));
	len = sizeof buf;
	NO(rbd_metadata_get(image, "k", buf, &len));
	NO(rbd_metadata_set(image, "k", "v"));
	NO(rbd_metadata_remove(image, "k"));
	NO(rbd_metadata_list(image, "", 0, buf, &len, other, &len2));
	NO(rbd_update_watch(image, &number, told, NULL));
	NO(rbd_update_unwatch(image, 1));
	len = 2;
	NO(rbd_watchers_list(image, watchers, &len));
	NO(rbd_encryption_load(image, RBD_ENCRYPTION_FORMAT_LUKS1, NULL, 0));
	NO(rbd_mirror_image_enable2(image, RBD_MIRROR_IMAGE_MODE_JOURNAL));
}

static void no_pool(const char *kind, rados_ioctx_t pool)
{
	rbd_image_t image;
	rbd_image_options_t opts;
	rbd_image_spec_t specs[2];
	char other[64];
	size_t len = 64, len2 = 64;
	int order = 22;
	bool flag;
	printf("# %s\n", kind);
	rbd_image_options_create(&opts);
	NO(rbd_list(pool, buf, &len));
	len = 2;
	NO(rbd_list2(pool, specs, &len));
	NO(rbd_create(pool, "bad", 4096, &order));
	NO(rbd_create2(pool, "bad", 4096, 1, &order));
	NO(rbd_create3(pool, "bad", 4096, 1, &order, 0, 0));
	NO(rbd_create4(pool, "bad", 4096, opts));
	NO(rbd_clone(pool, "bad", "s", pool, "child", 1, &order));
	NO(rbd_clone3(pool, "bad", "s", pool, "child", opts));
	NO(rbd_remove(pool, "bad"));
	NO(rbd_remove_with_progress(pool, "bad", NULL, NULL));
	NO(rbd_rename(pool, "bad", "worse"));
	NO(rbd_trash_move(pool, "bad", 0));
	NO(rbd_open(pool, "bad", &image, NULL));
	NO(rbd_open_by_id(pool, "bad", &image, NULL));
	NO(rbd_open_read_only(pool, "bad", &image, NULL));
	NO(rbd_open_by_id_read_only(pool, "bad", &image, NULL));
	NO(rbd_aio_open(pool, "bad", &image, NULL, completion));
	NO(rbd_aio_open_by_id(pool, "bad", &image, NULL, completion));
	NO(rbd_aio_open_read_only(pool, "bad", &image, NULL, completion));
	NO(rbd_aio_open_by_id_read_only(pool, "bad", &image, NULL, completion));
	NO(rbd_namespace_create(pool, "n"));
	NO(rbd_namespace_remove(pool, "n"));
	len = 64;
	NO(rbd_namespace_list(pool, buf, &len));
	NO(rbd_namespace_exists(pool, "n", &flag));
	NO(rbd_pool_init(pool, false));
	NO(rbd_pool_metadata_get(pool, "k", buf, &len));
	NO(rbd_pool_metadata_set(pool, "k", "v"));
	NO(rbd_pool_metadata_remove(pool, "k"));
	NO(rbd_pool_metadata_list(pool, "", 0, buf, &len, other, &len2));
	NO(rbd_group_create(pool, "g"));
	rbd_image_options_destroy(opts);
}

static void no_completion(const char *kind, rbd_completion_t c, rbd_image_t image)
{
	rbd_image_t other = image;
	printf("# %s\n", kind);
	NO(rbd_aio_is_complete(c));
	NO(rbd_aio_wait_for_complete(c));
	NO(rbd_aio_get_return_value(c));
	answers("rbd_aio_get_arg", rbd_aio_get_arg(c) != NULL, 0);
	rbd_aio_release(c);
	NO(rbd_aio_write(image, 0, 512, buf, c));
	NO(rbd_aio_read(image, 0, 512, buf, c));
	NO(rbd_aio_flush(image, c));
	NO(rbd_aio_discard(image, 0, 512, c));
	NO(rbd_aio_open(io, "bad-handles", &other, NULL, c));
	NO(rbd_aio_close(image, c));
}

static void no_options(const char *kind, rbd_image_options_t opts)
{
	uint64_t number;
	bool flag;
	printf("# %s\n", kind);
	NO(rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_ORDER, 22));
	NO(rbd_image_options_set_string(opts, RBD_IMAGE_OPTION_DATA_POOL, "p"));
	NO(rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_ORDER, &number));
	NO(rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, buf, sizeof buf));
	NO(rbd_image_options_is_set(opts, RBD_IMAGE_OPTION_ORDER, &flag));
	NO(rbd_image_options_unset(opts, RBD_IMAGE_OPTION_ORDER));
	NO(rbd_image_options_is_empty(opts));
	rbd_image_options_clear(opts);
	rbd_image_options_destroy(opts);
}

int main(void)
{
	rbd_image_t image, closed;
	rbd_completion_t released;
	rbd_image_options_t opts, destroyed;
	uint64_t foreign[16] = {0};

	start();
	fresh("bad-handles", 1 << 20, 16);
	must("open", rbd_open(io, "bad-handles", &image, NULL));
	must("open", rbd_open(io, "bad-handles", &closed, NULL));
	must("close", rbd_close(closed));
	must("completion", rbd_aio_create_completion(NULL, NULL, &completion));
	must("completion", rbd_aio_create_completion(NULL, NULL, &released));
	rbd_aio_release(released);
	rbd_image_options_create(&opts);
	rbd_image_options_create(&destroyed);
	rbd_image_options_destroy(destroyed);

	no_image("image NULL", NULL);
	no_image("image closed", closed);
	no_image("image is a completion", completion);
	no_image("image is an I/O context", io);
	no_image("image is a foreign pointer", foreign);
	no_image("image is a small number", (rbd_image_t)8);
	no_image("image is all ones", (rbd_image_t)-1);
	no_pool("pool NULL", NULL);
	no_pool("pool is an image", image);
	no_pool("pool is a foreign pointer", foreign);
	no_completion("completion NULL", NULL, image);
	no_completion("completion released", released, image);
	no_completion("completion is an image", image, image);
	no_completion("completion is a foreign pointer", foreign, image);
	no_options("options NULL", NULL);
	no_options("options destroyed", destroyed);
	no_options("options are an image", image);
	answers("create4 with destroyed options", rbd_create4(io, "bad-opts", 4096, destroyed), -EINVAL);

	printf("# what is good still is\n");
	answers("write", rbd_write(image, 0, 512, buf), 512);
	answers("aio_write", rbd_aio_write(image, 0, 512, buf, completion), 0);
	answers("wait", rbd_aio_wait_for_complete(completion), 0);
	refused("the same completion again", rbd_aio_write(image, 0, 512, buf, completion));
	rbd_aio_release(completion);
	rbd_aio_release(completion);
	answers("option", rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_ORDER, 22), 0);
	rbd_image_options_destroy(opts);
	answers("close", rbd_close(image), 0);
	refused("close again", rbd_close(image));
	answers("remove", rbd_remove(io, "bad-handles"), 0);
	return finish();
}
