/* Creating, opening, asking, resizing, renaming, removing. */
#include "rbd_check.h"

#define MIB (1ULL << 20)

static int progress(uint64_t done, uint64_t total, void *arg)
{
	uint64_t *calls = arg;
	calls[0]++;
	if (done > total)
		calls[1]++;
	return 0;
}

static void creating(void)
{
	int order = 0;
	rbd_image_options_t opts;
	uint64_t number = 0;

	rbd_remove(io, "img-a");
	rbd_remove(io, "img-b");
	is("create, default order", rbd_create(io, "img-a", 10 * MIB, &order), 0);
	is("order", order, 22);
	is("create again", rbd_create(io, "img-a", 10 * MIB, &order), -EEXIST);
	is("remove", rbd_remove(io, "img-a"), 0);
	is("remove again", rbd_remove(io, "img-a"), -ENOENT);
	order = 11;
	is("create, order 11", rbd_create(io, "img-a", 10 * MIB, &order), -EDOM);
	order = 26;
	is("create, order 26", rbd_create(io, "img-a", 10 * MIB, &order), -EDOM);
	order = 25;
	is("create, order 25", rbd_create2(io, "img-a", 10 * MIB, 1, &order), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
	order = 12;
	is("create, order 12", rbd_create2(io, "img-a", 0, 1, &order), 0);
	is("remove empty", rbd_remove(io, "img-a"), 0);
	order = 22;
	is("create, unknown feature", rbd_create2(io, "img-a", MIB, 1ULL << 50, &order), -ENOSYS);
	is("create, no feature", rbd_create2(io, "img-a", MIB, 0, &order), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
	is("striped", rbd_create3(io, "img-a", 10 * MIB, RBD_FEATURE_LAYERING | RBD_FEATURE_STRIPINGV2, &order, 65536, 4), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
	is("striping without the feature", rbd_create3(io, "img-a", 10 * MIB, RBD_FEATURE_LAYERING, &order, 65536, 4), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
	is("unit without count", rbd_create3(io, "img-a", 10 * MIB, 3, &order, 65536, 0), -EINVAL);
	is("count without unit", rbd_create3(io, "img-a", 10 * MIB, 3, &order, 0, 4), -EINVAL);
	is("unit that does not divide", rbd_create3(io, "img-a", 10 * MIB, 3, &order, 65535, 4), -EINVAL);
	is("unit above the object", rbd_create3(io, "img-a", 10 * MIB, 3, &order, 8 * MIB, 4), -EINVAL);

	rbd_image_options_create(&opts);
	is("create4", rbd_create4(io, "img-a", 10 * MIB, opts), 0);
	is("order filled in", rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_ORDER, &number), 0);
	is("order", number, 22);
	is("format filled in", rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_FORMAT, &number), -ENOENT);
	is("remove", rbd_remove(io, "img-a"), 0);
	rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_FORMAT, 3);
	is("format 3 is taken for 2", rbd_create4(io, "img-a", 10 * MIB, opts), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
	rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_FORMAT, 2);
	rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_ORDER, 16);
	rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_FEATURES, 1);
	is("create4, order 16", rbd_create4(io, "img-a", 10 * MIB, opts), 0);
	rbd_image_options_destroy(opts);
	is("remove", rbd_remove(io, "img-a"), 0);
}

static void opening(void)
{
	rbd_image_t image = NULL;
	char id[64] = "", name[64], longer[64];

	fresh("img-a", 10 * MIB, 16);
	is("open nothing", rbd_open(io, "img-none", &image, NULL), -ENOENT);
	is("handle untouched", image == NULL, 1);
	is("open without snapshot", rbd_open(io, "img-a", &image, "none"), -ENOENT);
	is("open", rbd_open(io, "img-a", &image, NULL), 0);
	is("get_id", rbd_get_id(image, id, sizeof id), 0);
	is("id of some length", strlen(id) > 4, 1);
	is("get_id into its length", rbd_get_id(image, longer, strlen(id)), -ERANGE);
	is("get_id into one more", rbd_get_id(image, longer, strlen(id) + 1), 0);
	is("close", rbd_close(image), 0);
	is("open, snapshot \"\"", rbd_open(io, "img-a", &image, ""), 0);
	is("close", rbd_close(image), 0);
	is("open by id", rbd_open_by_id(io, id, &image, NULL), 0);
	size_t len = sizeof name;
	is("get_name", rbd_get_name(image, name, &len), 0);
	is_text("name", name, "img-a");
	is("name length", len, 6);
	len = 5;
	is("get_name into 5", rbd_get_name(image, name, &len), -ERANGE);
	is("name length needed", len, 6);
	is("close", rbd_close(image), 0);
	is("open by unknown id", rbd_open_by_id(io, "0123456789", &image, NULL), -ENOENT);
	is("open read-only by id", rbd_open_by_id_read_only(io, id, &image, NULL), 0);
	is("close", rbd_close(image), 0);
	is("open read-only", rbd_open_read_only(io, "img-a", &image, NULL), 0);
	is("write", rbd_write(image, 0, 3, "abc"), -EROFS);
	is("discard", rbd_discard(image, 0, 512), -EROFS);
	is("writesame", rbd_writesame(image, 0, 512, "abcd", 4, 0), -EROFS);
	is("resize", rbd_resize(image, MIB), -EROFS);
	is("snap_create", rbd_snap_create(image, "s"), -EROFS);
	is("metadata_set", rbd_metadata_set(image, "k", "v"), -EROFS);
	is("flush", rbd_flush(image), 0);
	is("read", rbd_read(image, 0, 3, name), 3);
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
}

static void asking(void)
{
	rbd_image_t image;
	rbd_image_info_t info;
	uint64_t number = 0;
	uint8_t old = 9;
	char prefix[64], parent[64];
	struct timespec stamp = {0, 0};
	rbd_linked_image_spec_t parent_image;
	rbd_snap_spec_t parent_snap;

	fresh("img-a", 10 * MIB + 5, 16);
	must("open", rbd_open(io, "img-a", &image, NULL));
	memset(&info, 0x55, sizeof info);
	is("stat", rbd_stat(image, &info, sizeof info), 0);
	is("size", info.size, 10 * MIB + 5);
	is("obj_size", info.obj_size, 65536);
	is("num_objs", info.num_objs, 161);
	is("order", info.order, 16);
	is("prefix", strncmp(info.block_name_prefix, "rbd_data.", 9), 0);
	is("parent_pool", info.parent_pool, -1);
	is_text("parent_name", info.parent_name, "");
	is("get_size", rbd_get_size(image, &number), 0);
	is("size", number, 10 * MIB + 5);
	is("get_features", rbd_get_features(image, &number), 0);
	is("features", number, 1);
	is("get_op_features", rbd_get_op_features(image, &number), 0);
	is("op features", number, 0);
	is("get_flags", rbd_get_flags(image, &number), 0);
	is("flags", number, 0);
	is("get_stripe_unit", rbd_get_stripe_unit(image, &number), 0);
	is("stripe unit", number, 65536);
	is("get_stripe_count", rbd_get_stripe_count(image, &number), 0);
	is("stripe count", number, 1);
	is("get_old_format", rbd_get_old_format(image, &old), 0);
	is("old format", old, 0);
	is("get_overlap", rbd_get_overlap(image, &number), 0);
	is("overlap", number, 0);
	is("get_block_name_prefix", rbd_get_block_name_prefix(image, prefix, sizeof prefix), 0);
	is("prefix", strncmp(prefix, "rbd_data.", 9), 0);
	is("get_block_name_prefix into its length", rbd_get_block_name_prefix(image, prefix, strlen(prefix)), -ERANGE);
	is("get_data_pool_id", rbd_get_data_pool_id(image) == rados_ioctx_get_id(io), 1);
	is("get_create_timestamp", rbd_get_create_timestamp(image, &stamp), 0);
	is("created after 2020", stamp.tv_sec > 1577836800, 1);
	is("get_access_timestamp", rbd_get_access_timestamp(image, &stamp), 0);
	is("get_modify_timestamp", rbd_get_modify_timestamp(image, &stamp), 0);
	is("get_parent_info", rbd_get_parent_info(image, parent, 64, NULL, 0, NULL, 0), -ENOENT);
	is("get_parent_info2", rbd_get_parent_info2(image, parent, 64, NULL, 0, NULL, 0, NULL, 0), -ENOENT);
	memset(&parent_image, 0x55, sizeof parent_image);
	memset(&parent_snap, 0x55, sizeof parent_snap);
	is("get_parent", rbd_get_parent(image, &parent_image, &parent_snap), -ENOENT);
	is("zeroed", parent_image.pool_name == NULL && parent_snap.name == NULL, 1);
	rbd_linked_image_spec_cleanup(&parent_image);
	rbd_snap_spec_cleanup(&parent_snap);
	is("flatten without parent", rbd_flatten(image), -EINVAL);
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-a"), 0);

	int order = 22;
	must("striped", rbd_create3(io, "img-a", 10 * MIB, 3, &order, 65536, 4));
	must("open", rbd_open(io, "img-a", &image, NULL));
	rbd_get_stripe_unit(image, &number);
	is("stripe unit", number, 65536);
	rbd_get_stripe_count(image, &number);
	is("stripe count", number, 4);
	rbd_get_features(image, &number);
	is("striped features", number, 3);
	is("stat", rbd_stat(image, &info, sizeof info), 0);
	is("striped num_objs", info.num_objs, 4);
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-a"), 0);
}

static void changing(void)
{
	rbd_image_t image;
	uint64_t size = 0, calls[2] = {0, 0};
	char buf[8];

	fresh("img-a", 10 * MIB, 16);
	must("open", rbd_open(io, "img-a", &image, NULL));
	is("write at the end", rbd_write(image, 10 * MIB - 4, 4, "tail"), 4);
	is("grow", rbd_resize(image, 20 * MIB), 0);
	rbd_get_size(image, &size);
	is("size", size, 20 * MIB);
	is("read beyond", rbd_read(image, 10 * MIB - 4, 8, buf), 8);
	is("bytes", memcmp(buf, "tail\0\0\0\0", 8), 0);
	is("shrink, not allowed", rbd_resize2(image, 5 * MIB, false, NULL, NULL), -EINVAL);
	is("shrink", rbd_resize2(image, 5 * MIB + 1, true, progress, calls), 0);
	is("progress called", calls[0] > 0, 1);
	is("progress beyond the total", calls[1], 0);
	rbd_get_size(image, &size);
	is("size", size, 5 * MIB + 1);
	is("grow again", rbd_resize_with_progress(image, 20 * MIB, progress, calls), 0);
	is("what was cut is zeros", rbd_read(image, 10 * MIB - 4, 8, buf), 8);
	is("first that is not", differs(buf, 8, 0), -1);
	is("same size", rbd_resize(image, 20 * MIB), 0);
	is("to nothing", rbd_resize(image, 0), 0);
	is("read nothing", rbd_read(image, 0, 8, buf), -EINVAL);
	is("close", rbd_close(image), 0);

	fresh("img-b", MIB, 16);
	is("rename to a taken name", rbd_rename(io, "img-a", "img-b"), -EEXIST);
	is("rename to itself", rbd_rename(io, "img-b", "img-b"), -EEXIST);
	is("rename nothing", rbd_rename(io, "img-none", "img-c"), -ENOENT);
	is("rename", rbd_rename(io, "img-b", "img-c"), 0);
	is("open the old name", rbd_open(io, "img-b", &image, NULL), -ENOENT);
	is("open the new name", rbd_open(io, "img-c", &image, NULL), 0);
	is("remove an open image", rbd_remove(io, "img-c"), -EBUSY);
	is("close", rbd_close(image), 0);
	calls[0] = calls[1] = 0;
	is("remove with progress", rbd_remove_with_progress(io, "img-c", progress, calls), 0);
	is("progress beyond the total", calls[1], 0);
	is("remove", rbd_remove(io, "img-a"), 0);
}

static void listing(void)
{
	rados_ioctx_t own;
	char names[64];
	size_t size = sizeof names;
	rbd_image_spec_t specs[4];
	int order = 16;

	must("ioctx", rados_ioctx_create(cluster, "rbd", &own));
	rbd_namespace_create(own, "ns-list");
	rados_ioctx_set_namespace(own, "ns-list");
	is("list of none", rbd_list(own, names, &size), 0);
	is("size of none", size, 64);
	must("create", rbd_create2(own, "two", MIB, 1, &order));
	must("create", rbd_create2(own, "one", MIB, 1, &order));
	size = 7;
	is("list into 7", rbd_list(own, names, &size), -ERANGE);
	is("size needed", size, 8);
	is("list into 8", rbd_list(own, names, &size), 8);
	is("names", memcmp(names, "one\0two\0", 8), 0);
	size = 0;
	is("list into nothing", rbd_list(own, NULL, &size), -ERANGE);
	is("size needed", size, 8);
	size = 1;
	is("list2 into 1", rbd_list2(own, specs, &size), -ERANGE);
	is("count needed", size, 2);
	size = 4;
	is("list2", rbd_list2(own, specs, &size), 0);
	is("count", size, 2);
	is_text("first", specs[0].name, "one");
	is_text("second", specs[1].name, "two");
	is("ids", strlen(specs[0].id) > 4 && strlen(specs[1].id) > 4, 1);
	rbd_image_spec_list_cleanup(specs, size);
	is("remove the namespace", rbd_namespace_remove(io, "ns-list"), -EBUSY);
	is("remove", rbd_remove(own, "one"), 0);
	is("remove", rbd_remove(own, "two"), 0);
	is("remove the namespace", rbd_namespace_remove(io, "ns-list"), 0);
	rados_ioctx_destroy(own);
}

int main(void)
{
	start();
	creating();
	opening();
	asking();
	changing();
	listing();
	return finish();
}
