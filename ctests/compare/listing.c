/* Listings of objects: by iterators, by cursors, by slices. */
#include "compare.h"

enum { N = 60 };

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines, in the order of their text: an OSD's own order depends on the pool's id. */
static char *lines[400];
static size_t count;

static void note(const char *nspace, const char *name, const char *key)
{
	char line[256];
	snprintf(line, sizeof(line), "%s/%s%s%s", nspace ? nspace : "NULL", name, key && *key ? " by " : "",
		 key && *key ? key : "");
	lines[count++] = strdup(line);
}

static void show(void)
{
	qsort(lines, count, sizeof(lines[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		printf("    %s\n", lines[i]);
		free(lines[i]);
	}
	count = 0;
}

static rados_ioctx_t pool;

static void fill(void)
{
	char name[32];
	own_pool("compare-list", &pool);
	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "object.%02d", i);
		must("write", rados_write_full(pool, name, name, 4));
	}
	rados_ioctx_locator_set_key(pool, "key");
	must("write", rados_write_full(pool, "located", "x", 1));
	rados_ioctx_locator_set_key(pool, NULL);
	rados_ioctx_set_namespace(pool, "other");
	must("write", rados_write_full(pool, "elsewhere", "x", 1));
	must("setxattr", rados_setxattr(pool, "elsewhere", "mark", "yes", 3));
	must("write", rados_write_full(pool, "elsewhere.2", "x", 1));
	rados_ioctx_set_namespace(pool, "");
}

static void iterate(const char *what)
{
	rados_list_ctx_t list;
	const char *name, *key, *nspace;
	int r;
	CALL(rados_nobjects_list_open, what, pool, &list);
	while ((r = rados_nobjects_list_next(list, &name, &key, &nspace)) == 0)
		note(nspace, name, key);
	said("rados_nobjects_list_next", "at the end", r);
	CALL(rados_nobjects_list_next, "again", list, &name, &key, &nspace);
	DO(rados_nobjects_list_close, what, list);
	show();
}

static void iterators(void)
{
	rados_list_ctx_t list;
	const char *name, *key, *nspace;
	size_t name_len = 77, key_len = 77, nspace_len = 77;
	char first[64], third[64];
	heading("iterators");
	iterate("the default namespace");
	rados_ioctx_set_namespace(pool, "other");
	iterate("a namespace");
	rados_ioctx_set_namespace(pool, "nobody's");
	iterate("a namespace without objects");
	rados_ioctx_set_namespace(pool, LIBRADOS_ALL_NSPACES);
	iterate("all namespaces");
	CALL(rados_write, "into all namespaces", pool, "x", "x", 1, 0);
	CALL(rados_read, "from all namespaces", pool, "x", first, 1, 0);
	rados_ioctx_set_namespace(pool, "other");
	rados_nobjects_list_open(pool, &list);
	CALL(rados_nobjects_list_next2, "the first", list, &name, &key, &nspace, &name_len, &key_len, &nspace_len);
	TRUE(rados_nobjects_list_next2, "lengths", name_len == strlen(name) && key_len == 0 && nspace_len == 5);
	printf("    key %s\n", key ? "set" : "NULL");
	text("namespace", nspace);
	CALL(rados_nobjects_list_next2, "nothing wanted but the name", list, &name, NULL, NULL, NULL, NULL, NULL);
	CALL(rados_nobjects_list_next2, "at the end", list, &name, &key, &nspace, &name_len, &key_len, &nspace_len);
	rados_nobjects_list_close(list);
	rados_ioctx_set_namespace(pool, "");

	heading("positions");
	rados_nobjects_list_open(pool, &list);
	CALL(rados_nobjects_list_get_pg_hash_position, "at the start", list);
	must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	snprintf(first, sizeof(first), "%s", name);
	uint32_t position = rados_nobjects_list_get_pg_hash_position(list);
	rados_object_list_cursor cursor;
	must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	CALL(rados_nobjects_list_get_cursor, "after two", list, &cursor);
	must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	snprintf(third, sizeof(third), "%s", name);
	for (int i = 0; i < 20; i++)
		must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	TRUE(rados_nobjects_list_get_pg_hash_position, "never goes back",
	     rados_nobjects_list_get_pg_hash_position(list) >= position);
	rados_nobjects_list_seek_cursor(list, cursor);
	done("rados_nobjects_list_seek_cursor", "to the third");
	must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	TRUE(rados_nobjects_list_seek_cursor, "the third again", strcmp(name, third) == 0);
	CALL(rados_nobjects_list_seek, "to the start", list, 0);
	must("next", rados_nobjects_list_next(list, &name, &key, NULL));
	TRUE(rados_nobjects_list_seek, "the first again", strcmp(name, first) == 0);
	rados_object_list_cursor_free(pool, cursor);
	rados_nobjects_list_close(list);
}

/* Its texts have lengths, and no end. */
static void item(const rados_object_list_item *found)
{
	char name[64], key[64], nspace[64];
	snprintf(name, sizeof(name), "%.*s", (int)found->oid_length, found->oid);
	snprintf(key, sizeof(key), "%.*s", (int)found->locator_length, found->locator ? found->locator : "");
	snprintf(nspace, sizeof(nspace), "%.*s", (int)found->nspace_length, found->nspace ? found->nspace : "");
	note(found->nspace ? nspace : NULL, name, key);
}

static void cursors(void)
{
	rados_object_list_item items[25];
	/* The cursor that is handed back is a given one, changed. */
	rados_object_list_cursor begin = rados_object_list_begin(pool), end = rados_object_list_end(pool);
	rados_object_list_cursor at = rados_object_list_begin(pool), from, to;
	int total = 0, most = 0, r;
	heading("cursors");
	CALL(rados_object_list_is_end, "the beginning", pool, begin);
	CALL(rados_object_list_is_end, "the end", pool, end);
	CALL(rados_object_list_cursor_cmp, "the beginning with the end", pool, begin, end);
	CALL(rados_object_list_cursor_cmp, "the end with the beginning", pool, end, begin);
	CALL(rados_object_list_cursor_cmp, "one with itself", pool, end, end);
	done("rados_object_list_begin", "taken");
	done("rados_object_list_end", "taken");
	while (!rados_object_list_is_end(pool, at)) {
		r = rados_object_list(pool, at, end, COUNT(items), NULL, 0, items, &at);
		if (r < 0) {
			said("rados_object_list", "a page", r);
			break;
		}
		most = r > most ? r : most;
		total += r;
		for (int i = 0; i < r; i++)
			item(&items[i]);
		rados_object_list_free((size_t)r, items);
	}
	said("rados_object_list", "all pages", total);
	TRUE(rados_object_list, "no more than asked for", most <= (int)COUNT(items));
	show();
	done("rados_object_list_free", "each page");
	DO(rados_object_list_cursor_free, "at the end", pool, at);

	heading("slices");
	static char seen[N];
	int twice = 0, all = 0;
	from = rados_object_list_begin(pool);
	to = rados_object_list_begin(pool);
	for (size_t n = 0; n < 5; n++) {
		rados_object_list_slice(pool, begin, end, n, 5, &from, &to);
		while (rados_object_list_cursor_cmp(pool, from, to) < 0) {
			r = rados_object_list(pool, from, to, COUNT(items), NULL, 0, items, &from);
			if (r < 0) {
				said("rados_object_list", "a page of a slice", r);
				break;
			}
			for (int i = 0; i < r; i++) {
				char name[16];
				int number = -1;
				snprintf(name, sizeof(name), "%.*s", (int)items[i].oid_length, items[i].oid);
				if (sscanf(name, "object.%d", &number) == 1) {
					twice += seen[number]++;
					all++;
				}
			}
			rados_object_list_free((size_t)r, items);
		}
	}
	done("rados_object_list_slice", "five");
	number("in all", all);
	number("twice", twice);
	rados_object_list_cursor_free(pool, from);
	rados_object_list_cursor_free(pool, to);
	rados_object_list_cursor_free(pool, begin);
	rados_object_list_cursor_free(pool, end);

	heading("filters");
	rados_ioctx_set_namespace(pool, "other");
	begin = rados_object_list_begin(pool);
	end = rados_object_list_end(pool);
	at = rados_object_list_begin(pool);
	CALL(rados_object_list, "a filter cut short", pool, begin, end, COUNT(items), "\xff\xff\xff", 3, items, &at);
	rados_object_list_cursor_free(pool, at);
	at = rados_object_list_begin(pool);
	CALL(rados_object_list, "no such filter", pool, begin, end, COUNT(items), "\3\0\0\0odd", 7, items, &at);
	rados_object_list_cursor_free(pool, at);
	rados_object_list_cursor_free(pool, begin);
	rados_object_list_cursor_free(pool, end);
	rados_ioctx_set_namespace(pool, "");
}

/* The older iterator knows no namespaces, and is refused since there are some. */
static void older(void)
{
	rados_list_ctx_t list;
	const char *name, *key;
	heading("the older iterator");
	CALL(rados_objects_list_open, "refused", pool, &list);
	CALL(rados_objects_list_get_pg_hash_position, "of none", NULL);
	CALL(rados_objects_list_seek, "of none", NULL, 0);
	CALL(rados_objects_list_next, "of none", NULL, &name, &key);
	DO(rados_objects_list_close, "of none", NULL);
}

int main(void)
{
	start("listing");
	fill();
	iterators();
	cursors();
	older();
	rados_ioctx_destroy(pool);
	rados_pool_delete(cluster, "compare-list");
	return finish();
}
