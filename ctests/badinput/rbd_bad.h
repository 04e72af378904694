/* Bad input for librbd: an answer is good where it is a negative errno and nothing broke. */
#ifndef RBD_BAD_H
#define RBD_BAD_H

#include "../c/rbd_check.h"

/* Any negative errno. */
__attribute__((unused)) static void refused(const char *what, long long got)
{
	if (got < 0 && got >= -4095) {
		printf("ok %s\n", what);
	} else {
		printf("FAIL %s got %lld want a negative errno\n", what, got);
		failures++;
	}
	fflush(stdout);
}

__attribute__((unused)) static void answers(const char *what, long long got, long long want)
{
	if (got == want) {
		printf("ok %s\n", what);
	} else {
		printf("FAIL %s got %lld want %lld\n", what, got, want);
		failures++;
	}
	fflush(stdout);
}

#endif
