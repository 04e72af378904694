/* The trash: in, listed, out again, removed for good. */
#include "rbd_check.h"

#define MIB (1ULL << 20)

int main(void)
{
	rbd_trash_image_info_t info, list[8];
	rbd_image_t image;
	size_t max = 8;
	char id[64], buf[8];

	start();
	is("purge", rbd_trash_purge(io, 0, -1) <= 0, 1);
	fresh("img-t", MIB, 16);
	must("open", rbd_open(io, "img-t", &image, NULL));
	must("id", rbd_get_id(image, id, sizeof id));
	must("write", rbd_write(image, 0, 5, "trash"));
	must("close", rbd_close(image));
	is("list of none", rbd_trash_list(io, list, &max), 0);
	is("count", max, 0);
	is("move nothing", rbd_trash_move(io, "img-none", 0), -ENOENT);
	is("move", rbd_trash_move(io, "img-t", 3600), 0);
	is("move again", rbd_trash_move(io, "img-t", 0), -ENOENT);
	is("open", rbd_open(io, "img-t", &image, NULL), -ENOENT);
	is("remove", rbd_remove(io, "img-t"), -ENOENT);
	max = 0;
	is("list into none", rbd_trash_list(io, list, &max), -ERANGE);
	is("count needed", max, 1);
	is("list", rbd_trash_list(io, list, &max), 1);
	is_text("name", list[0].name, "img-t");
	is("id", strcmp(list[0].id, id), 0);
	is("source", list[0].source, RBD_TRASH_IMAGE_SOURCE_USER);
	is("deferred by", list[0].deferment_end_time - list[0].deletion_time, 3600);
	rbd_trash_list_cleanup(list, max);
	is("get", rbd_trash_get(io, id, &info), 0);
	is_text("name", info.name, "img-t");
	rbd_trash_get_cleanup(&info);
	is("get of none", rbd_trash_get(io, "0123", &info), -ENOENT);
	is("remove before its time", rbd_trash_remove(io, id, false), -EPERM);
	is("purge", rbd_trash_purge(io, 0, -1), 0);
	is("open by id", rbd_open_by_id(io, id, &image, NULL), 0);
	is("read", rbd_read(image, 0, 5, buf), 5);
	is("bytes", memcmp(buf, "trash", 5), 0);
	is("close", rbd_close(image), 0);
	is("restore", rbd_trash_restore(io, id, "img-back"), 0);
	is("restore again", rbd_trash_restore(io, id, "img-back"), -ENOENT);
	is("open", rbd_open(io, "img-back", &image, NULL), 0);
	is("move while open", rbd_trash_move(io, "img-back", 0), 0);
	is("remove while open", rbd_trash_remove(io, id, false), -EBUSY);
	is("close", rbd_close(image), 0);
	int order = 16;
	must("create", rbd_create2(io, "img-back", MIB, 1, &order));
	is("restore to a taken name", rbd_trash_restore(io, id, ""), -EEXIST);
	is("restore to another", rbd_trash_restore(io, id, "img-t"), 0);
	is("move", rbd_trash_move(io, "img-t", 0), 0);
	is("remove", rbd_trash_remove(io, id, false), 0);
	is("remove again", rbd_trash_remove(io, id, false), -ENOENT);
	max = 8;
	is("list of none", rbd_trash_list(io, list, &max), 0);
	is("remove", rbd_remove(io, "img-back"), 0);
	return finish();
}
