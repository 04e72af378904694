/* Ceph's test programs look at the options of a cluster handle through the C++ object behind rados_cct(), which this library
 * does not have. Loaded in front, this gives them one of Ceph's own library, of a handle with the same configuration. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void *theirs(void *library, const char *name)
{
	void *found = dlsym(library, name);
	if (!found) {
		fprintf(stderr, "cct: %s\n", dlerror());
		abort();
	}
	return found;
}

void *rados_cct(void *cluster)
{
	static void *cct;
	(void)cluster;
	if (cct)
		return cct;
	void *library = dlopen("/usr/lib/x86_64-linux-gnu/librados.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	if (!library) {
		fprintf(stderr, "cct: %s\n", dlerror());
		abort();
	}
	int (*create)(void **, const char *) = theirs(library, "rados_create");
	int (*read_file)(void *, const char *) = theirs(library, "rados_conf_read_file");
	void *(*get)(void *) = theirs(library, "rados_cct");
	void *handle = NULL;
	if (create(&handle, NULL) < 0 || read_file(handle, NULL) < 0)
		abort();
	return cct = get(handle);
}
