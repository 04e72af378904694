/* Clones: both kinds, reading through, copying up, children, flattening, what keeps a parent. */
#include "rbd_check.h"

#define KIB 1024ULL
#define OBJECT (64 * KIB)

static rbd_image_t parent, child;
static char buf[512 * 1024], data[512 * 1024];

static void a_parent(void)
{
	fresh("img-parent", 8 * OBJECT, 16);
	must("open", rbd_open(io, "img-parent", &parent, NULL));
	memset(data, 'p', sizeof data);
	must("write", rbd_write(parent, 0, 4 * OBJECT, data));
	must("snap", rbd_snap_create(parent, "s"));
	must("write", rbd_write(parent, 0, OBJECT, memset(data, 'n', sizeof data)));
}

static void making(void)
{
	rbd_image_options_t opts;
	int order = 0;
	rbd_remove(io, "img-child");
	is("clone, not protected", rbd_clone(io, "img-parent", "s", io, "img-child", RBD_FEATURE_LAYERING, &order), -EINVAL);
	must("protect", rbd_snap_protect(parent, "s"));
	is("clone of no snapshot", rbd_clone(io, "img-parent", "none", io, "img-child", RBD_FEATURE_LAYERING, &order), -ENOENT);
	is("clone of no image", rbd_clone(io, "img-none", "s", io, "img-child", RBD_FEATURE_LAYERING, &order), -ENOENT);
	is("clone without layering", rbd_clone(io, "img-parent", "s", io, "img-child", 0, &order), -ENOSYS);
	order = 16;
	is("clone", rbd_clone(io, "img-parent", "s", io, "img-child", RBD_FEATURE_LAYERING, &order), 0);
	is("order", order, 16);
	is("clone again", rbd_clone(io, "img-parent", "s", io, "img-child", RBD_FEATURE_LAYERING, &order), -EEXIST);
	rbd_image_options_create(&opts);
	rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_CLONE_FORMAT, 1);
	rbd_remove(io, "img-other");
	is("clone3", rbd_clone3(io, "img-parent", "s", io, "img-other", opts), 0);
	is("remove", rbd_remove(io, "img-other"), 0);
	rbd_image_options_destroy(opts);
}

static void asking(void)
{
	char pool[64], name[64], snap[64];
	uint64_t overlap = 0;
	rbd_linked_image_spec_t linked, children[4];
	rbd_snap_spec_t from;
	size_t max = 4, pools = 64, images = 64;
	must("open", rbd_open(io, "img-child", &child, NULL));
	is("get_parent_info", rbd_get_parent_info(child, pool, 64, name, 64, snap, 64), 0);
	is_text("pool", pool, "rbd");
	is_text("image", name, "img-parent");
	is_text("snapshot", snap, "s");
	is("get_parent_info, too short", rbd_get_parent_info(child, pool, 3, name, 64, snap, 64), -ERANGE);
	is("get_parent_info, name only", rbd_get_parent_info(child, NULL, 0, name, 64, NULL, 0), 0);
	is("get_parent", rbd_get_parent(child, &linked, &from), 0);
	is_text("image", linked.image_name, "img-parent");
	is_text("snapshot", from.name, "s");
	is("type", from.namespace_type, RBD_SNAP_NAMESPACE_TYPE_USER);
	is("trash", linked.trash, 0);
	rbd_linked_image_spec_cleanup(&linked);
	rbd_snap_spec_cleanup(&from);
	is("get_overlap", rbd_get_overlap(child, &overlap), 0);
	is("overlap", overlap, 8 * OBJECT);
	must("snap_set", rbd_snap_set(parent, "s"));
	is("list_children3", rbd_list_children3(parent, children, &max), 0);
	is("count", max, 1);
	is_text("child", children[0].image_name, "img-child");
	rbd_linked_image_spec_list_cleanup(children, max);
	max = 0;
	is("list_children3 into none", rbd_list_children3(parent, children, &max), -ERANGE);
	is("count needed", max, 1);
	is("list_children", rbd_list_children(parent, pool, &pools, name, &images), 1);
	is("pools length", pools, 4);
	is("images length", images, 10);
	is_text("child", name, "img-child");
	must("snap_set", rbd_snap_set(parent, NULL));
	is("unprotect", rbd_snap_unprotect(parent, "s"), -EBUSY);
	is("remove the snapshot", rbd_snap_remove(parent, "s"), -EBUSY);
}

static void using(void)
{
	is("read", rbd_read(child, 0, 8 * OBJECT, buf), 8 * OBJECT);
	is("the parent's", differs(buf, 4 * OBJECT, 'p'), -1);
	is("zeros", differs(buf + 4 * OBJECT, 4 * OBJECT, 0), -1);
	memset(data, 'c', sizeof data);
	is("write in the middle of an object", rbd_write(child, OBJECT + 100, 1000, data), 1000);
	is("read", rbd_read(child, OBJECT, OBJECT, buf), OBJECT);
	is("before", differs(buf, 100, 'p'), -1);
	is("the child's", differs(buf + 100, 1000, 'c'), -1);
	is("after", differs(buf + 1100, OBJECT - 1100, 'p'), -1);
	is("discard", rbd_discard(child, 2 * OBJECT, OBJECT), OBJECT);
	is("read", rbd_read(child, 2 * OBJECT, OBJECT, buf), OBJECT);
	is("zeros", differs(buf, OBJECT, 0), -1);
	is("shrink", rbd_resize(child, 3 * OBJECT), 0);
	is("grow", rbd_resize(child, 8 * OBJECT), 0);
	is("read", rbd_read(child, 3 * OBJECT, OBJECT, buf), OBJECT);
	is("zeros, not the parent's", differs(buf, OBJECT, 0), -1);
	is("the parent is as it was", rbd_read(parent, OBJECT, OBJECT, buf), OBJECT);
	is("bytes", differs(buf, OBJECT, 'p'), -1);
}

static int progress(uint64_t done, uint64_t total, void *arg)
{
	*(int *)arg += done <= total;
	return 0;
}

static void flattening(void)
{
	int calls = 0;
	uint64_t overlap = 7;
	is("flatten", rbd_flatten_with_progress(child, progress, &calls), 0);
	is("progress", calls > 0, 1);
	is("get_overlap", rbd_get_overlap(child, &overlap), 0);
	is("overlap", overlap, 0);
	is("get_parent_info", rbd_get_parent_info(child, NULL, 0, buf, 64, NULL, 0), -ENOENT);
	is("flatten again", rbd_flatten(child), -EINVAL);
	is("read", rbd_read(child, 0, 2 * OBJECT, buf), 2 * OBJECT);
	is("the parent's, copied", differs(buf, OBJECT, 'p'), -1);
	is("the child's", differs(buf + OBJECT + 100, 1000, 'c'), -1);
	is("close", rbd_close(child), 0);
	is("remove", rbd_remove(io, "img-child"), 0);
	is("unprotect", rbd_snap_unprotect(parent, "s"), 0);
	is("remove the snapshot", rbd_snap_remove(parent, "s"), 0);
	is("close", rbd_close(parent), 0);
	is("remove", rbd_remove(io, "img-parent"), 0);
}

int main(void)
{
	start();
	a_parent();
	making();
	asking();
	using();
	flattening();
	return finish();
}
