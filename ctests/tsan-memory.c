/* LLVM's instrumentation calls these; gcc's runtime of old has only the functions they stand for, which it intercepts. */
#include <string.h>

__attribute__((weak)) void *__tsan_memcpy(void *to, const void *from, size_t len)
{
	return memcpy(to, from, len);
}

__attribute__((weak)) void *__tsan_memmove(void *to, const void *from, size_t len)
{
	return memmove(to, from, len);
}

__attribute__((weak)) void *__tsan_memset(void *to, int value, size_t len)
{
	return memset(to, value, len);
}
