/* Snapshots: taking, listing, looking at, rolling back, protecting, renaming, removing. */
#include "rbd_check.h"

#define MIB (1ULL << 20)
#define NOSNAP ((uint64_t)-2)

static rbd_image_t image;
static char buf[MIB];

static int progress(uint64_t done, uint64_t total, void *arg)
{
	*(int *)arg += done <= total;
	return 0;
}

static void listing(void)
{
	rbd_snap_info_t snaps[8];
	int max = 8, calls = 0;

	is("list of none", rbd_snap_list(image, snaps, &max), 0);
	is("ends at once", snaps[0].name == NULL, 1);
	max = 0;
	is("list of none into none", rbd_snap_list(image, NULL, &max), -ERANGE);
	is("capacity needed", max, 1);
	is("list without capacity", rbd_snap_list(image, snaps, NULL), -EINVAL);
	is("create", rbd_snap_create(image, "one"), 0);
	is("create again", rbd_snap_create(image, "one"), -EEXIST);
	is("create another", rbd_snap_create2(image, "two", 0, progress, &calls), 0);
	is("create2, unknown flag", rbd_snap_create2(image, "three", 1 << 30, progress, &calls), -EINVAL);
	max = 2;
	is("list into 2", rbd_snap_list(image, snaps, &max), -ERANGE);
	is("capacity needed", max, 3);
	is("list into 3", rbd_snap_list(image, snaps, &max), 2);
	is_text("first", snaps[0].name, "one");
	is_text("second", snaps[1].name, "two");
	is("sizes", snaps[0].size == 4 * MIB && snaps[1].size == 4 * MIB, 1);
	is("ids ascend", snaps[0].id < snaps[1].id, 1);
	is("end", snaps[2].name == NULL, 1);

	bool exists = false;
	uint64_t id = 0;
	char name[16];
	size_t len = sizeof name;
	rbd_snap_namespace_type_t type = RBD_SNAP_NAMESPACE_TYPE_TRASH;
	struct timespec stamp = {0, 0};
	is("exists", rbd_snap_exists(image, "one", &exists), 0);
	is("it does", exists, 1);
	is("exists", rbd_snap_exists(image, "none", &exists), 0);
	is("it does not", exists, 0);
	is("get_id", rbd_snap_get_id(image, "two", &id), 0);
	is("the same id", id == snaps[1].id, 1);
	is("get_id of none", rbd_snap_get_id(image, "none", &id), -ENOENT);
	is("get_name", rbd_snap_get_name(image, snaps[0].id, name, &len), 0);
	is_text("name", name, "one");
	is("name length", len, 4);
	len = 3;
	is("get_name into 3", rbd_snap_get_name(image, snaps[0].id, name, &len), -ERANGE);
	is("length needed", len, 4);
	len = sizeof name;
	is("get_name of none", rbd_snap_get_name(image, 12345, name, &len), -ENOENT);
	is("get_namespace_type", rbd_snap_get_namespace_type(image, snaps[0].id, &type), 0);
	is("user", type, RBD_SNAP_NAMESPACE_TYPE_USER);
	is("get_namespace_type of none", rbd_snap_get_namespace_type(image, 12345, &type), -ENOENT);
	is("get_timestamp", rbd_snap_get_timestamp(image, snaps[0].id, &stamp), 0);
	is("after 2020", stamp.tv_sec > 1577836800, 1);
	rbd_snap_list_end(snaps);
}

static void looking(void)
{
	uint64_t size = 0, id = 0;
	rbd_image_t at;

	is("write", rbd_write(image, 0, 3, "old"), 3);
	is("create", rbd_snap_create(image, "old"), 0);
	is("write", rbd_write(image, 0, 3, "new"), 3);
	is("set", rbd_snap_set(image, "old"), 0);
	is("read", rbd_read(image, 0, 3, buf), 3);
	is("old bytes", memcmp(buf, "old", 3), 0);
	is("write at a snapshot", rbd_write(image, 0, 3, "bad"), -EROFS);
	is("resize at a snapshot", rbd_resize(image, MIB), -EROFS);
	is("set none", rbd_snap_set(image, "none"), -ENOENT);
	is("read", rbd_read(image, 0, 3, buf), 3);
	is("still old", memcmp(buf, "old", 3), 0);
	is("unset", rbd_snap_set(image, NULL), 0);
	is("read", rbd_read(image, 0, 3, buf), 3);
	is("new bytes", memcmp(buf, "new", 3), 0);
	is("grow", rbd_resize(image, 8 * MIB), 0);
	is("get_id", rbd_snap_get_id(image, "old", &id), 0);
	is("set by id", rbd_snap_set_by_id(image, id), 0);
	rbd_get_size(image, &size);
	is("size then", size, 4 * MIB);
	is("unset by id", rbd_snap_set_by_id(image, NOSNAP), 0);
	is("set by unknown id", rbd_snap_set_by_id(image, 12345), -ENOENT);
	rbd_get_size(image, &size);
	is("size now", size, 8 * MIB);
	is("unset by \"\"", rbd_snap_set(image, ""), 0);

	is("open at it", rbd_open(io, "img-snap", &at, "old"), 0);
	is("read", rbd_read(at, 0, 3, buf), 3);
	is("old bytes", memcmp(buf, "old", 3), 0);
	is("write", rbd_write(at, 0, 3, "bad"), -EROFS);
	is("close", rbd_close(at), 0);
}

static void going_back(void)
{
	uint64_t size = 0;
	int calls = 0;
	is("write beyond", rbd_write(image, 6 * MIB, 6, "beyond"), 6);
	is("rollback to none", rbd_snap_rollback(image, "none"), -ENOENT);
	is("rollback", rbd_snap_rollback_with_progress(image, "old", progress, &calls), 0);
	is("progress", calls > 0, 1);
	rbd_get_size(image, &size);
	is("size", size, 4 * MIB);
	is("read", rbd_read(image, 0, 3, buf), 3);
	is("old bytes", memcmp(buf, "old", 3), 0);
	is("grow", rbd_resize(image, 8 * MIB), 0);
	is("read beyond", rbd_read(image, 6 * MIB, 6, buf), 6);
	is("zeros", differs(buf, 6, 0), -1);
}

static void protecting(void)
{
	int is_protected = 7;
	uint64_t limit = 0;
	is("is_protected", rbd_snap_is_protected(image, "one", &is_protected), 0);
	is("it is not", is_protected, 0);
	is("unprotect", rbd_snap_unprotect(image, "one"), -EINVAL);
	is("protect", rbd_snap_protect(image, "one"), 0);
	is("protect again", rbd_snap_protect(image, "one"), -EBUSY);
	is("protect none", rbd_snap_protect(image, "none"), -ENOENT);
	is("is_protected", rbd_snap_is_protected(image, "one", &is_protected), 0);
	is("it is", is_protected, 1);
	is("is_protected of none", rbd_snap_is_protected(image, "none", &is_protected), -ENOENT);
	is("remove", rbd_snap_remove(image, "one"), -EBUSY);
	is("rename to a taken name", rbd_snap_rename(image, "one", "two"), -EEXIST);
	is("rename none", rbd_snap_rename(image, "none", "three"), -ENOENT);
	is("rename", rbd_snap_rename(image, "one", "uno"), 0);
	is("unprotect the old name", rbd_snap_unprotect(image, "one"), -ENOENT);
	is("unprotect", rbd_snap_unprotect(image, "uno"), 0);
	is("get_limit", rbd_snap_get_limit(image, &limit), 0);
	is("none", limit == UINT64_MAX, 1);
	is("set_limit below", rbd_snap_set_limit(image, 2), -ERANGE);
	is("set_limit", rbd_snap_set_limit(image, 3), 0);
	is("get_limit", rbd_snap_get_limit(image, &limit), 0);
	is("limit", limit, 3);
	is("create beyond", rbd_snap_create(image, "four"), -EDQUOT);
	is("set_limit none", rbd_snap_set_limit(image, UINT64_MAX), 0);
}

static void removing(void)
{
	uint64_t id = 0;
	ssize_t got;
	int calls = 0;
	size_t pools = 64, images = 64, max = 4;
	char text[64];
	rbd_linked_image_spec_t specs[4];
	must("snap_set", rbd_snap_set(image, "uno"));
	got = rbd_list_children(image, text, &pools, text, &images);
	is("list_children", got, 0);
	is("pools length", pools, 0);
	is("images length", images, 0);
	is("list_children3", rbd_list_children3(image, specs, &max), 0);
	is("count", max, 0);
	must("snap_set", rbd_snap_set(image, NULL));
	is("remove an image with snapshots, open", rbd_remove(io, "img-snap"), -ENOTEMPTY);
	is("remove none", rbd_snap_remove(image, "none"), -ENOENT);
	is("remove", rbd_snap_remove(image, "uno"), 0);
	is("remove again", rbd_snap_remove(image, "uno"), -ENOENT);
	is("remove2", rbd_snap_remove2(image, "two", RBD_SNAP_REMOVE_FORCE, progress, &calls), 0);
	must("get_id", rbd_snap_get_id(image, "old", &id));
	is("remove by unknown id", rbd_snap_remove_by_id(image, 12345), -ENOENT);
	is("read", rbd_read(image, 0, 3, buf), 3);
	is("old bytes", memcmp(buf, "old", 3), 0);
	is("close", rbd_close(image), 0);
	is("remove an image with snapshots", rbd_remove(io, "img-snap"), -ENOTEMPTY);
	must("open", rbd_open(io, "img-snap", &image, NULL));
	is("remove by id", rbd_snap_remove_by_id(image, id), 0);
}

int main(void)
{
	start();
	fresh("img-snap", 4 * MIB, 20);
	must("open", rbd_open(io, "img-snap", &image, NULL));
	listing();
	looking();
	going_back();
	protecting();
	removing();
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-snap"), 0);
	return finish();
}
