/* Appends numbered records to eight objects, 32 at a time, and checks that each is there once and in order:
 * a request that is sent again after its connection broke must not be done again. */
#include <rados/librados.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OBJECTS = 8, DEPTH = 32, RECORD = 8 };

static int failures;

static void is(const char *what, long got, long want)
{
	if (got != want) {
		printf("FAIL %s: %ld, not %ld\n", what, got, want);
		failures++;
	}
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1000;
	rados_t cluster;
	rados_ioctx_t io;
	rados_completion_t pending[DEPTH] = {0};
	char name[OBJECTS][64], record[RECORD + 1];

	is("create", rados_create(&cluster, NULL), 0);
	is("conf", rados_conf_read_file(cluster, getenv("CEPH_CONF")), 0);
	int connected = rados_connect(cluster);
	is("connect", connected, 0);
	if (connected < 0)
		return 1;
	is("ioctx", rados_ioctx_create(cluster, "rbd", &io), 0);
	for (int i = 0; i < OBJECTS; i++)
		snprintf(name[i], sizeof(name[i]), "appends.%d.%d", getpid(), i);
	for (int n = 0; n < count + DEPTH; n++) {
		rados_completion_t *slot = &pending[n % DEPTH];
		if (*slot) {
			rados_aio_wait_for_complete(*slot);
			is("append", rados_aio_get_return_value(*slot), 0);
			rados_aio_release(*slot);
			*slot = NULL;
		}
		if (n < count) {
			snprintf(record, sizeof(record), "%08d", n);
			rados_aio_create_completion2(NULL, NULL, slot);
			is("submit", rados_aio_append(io, name[n % OBJECTS], *slot, record, RECORD), 0);
		}
	}
	char *got = malloc((size_t)count * RECORD + 1);
	for (int i = 0; i < OBJECTS; i++) {
		int want = (count - i + OBJECTS - 1) / OBJECTS;
		is("size", rados_read(io, name[i], got, (size_t)count * RECORD, 0), (long)want * RECORD);
		for (int n = 0; n < want; n++) {
			snprintf(record, sizeof(record), "%08d", i + n * OBJECTS);
			if (memcmp(got + n * RECORD, record, RECORD) != 0) {
				printf("FAIL %s: record %d is %.8s, not %s\n", name[i], n, got + n * RECORD, record);
				failures++;
				break;
			}
		}
		is("remove", rados_remove(io, name[i]), 0);
	}
	free(got);
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	printf("%d appends, %d failures\n", count, failures);
	return failures != 0;
}
