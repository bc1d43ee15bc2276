/*
 * libnvrtc.so for libgpuarray 0.7.6, before NVIDIA's own (libnvrtc.so.11.2).
 *
 * libgpuarray asks for the architecture of the card it finds. NVRTC 11.8 knows none newer than
 * compute_90 and refuses; libgpuarray also cuts compute_120 to compute_12. Here an architecture
 * that NVRTC does not know becomes the newest that it knows: what it compiles then is PTX, which
 * the driver of a newer card translates. All other functions are NVIDIA's.
 *
 * https://docs.nvidia.com/cuda/nvrtc/ (nvrtcGetSupportedArchs, nvrtcCompileProgram)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTERNAL_ERROR 11 /* NVRTC_ERROR_INTERNAL_ERROR */
#define MOST 64           /* options, and architectures */

typedef int (*compile_function)(void *, int, const char *const *);

int nvrtcGetNumSupportedArchs(int *count);
int nvrtcGetSupportedArchs(int *architectures);

/* The newest architecture if `asked`, as in "compute_90", is unknown; else 0. */
static int replacement(const char *asked)
{
	int known[MOST], count = 0;

	if (strncmp(asked, "compute_", 8) || nvrtcGetNumSupportedArchs(&count) || count < 1 ||
	    count > MOST || nvrtcGetSupportedArchs(known))
		return 0;
	for (int i = 0; i < count; i++)
		if (known[i] == atoi(asked + 8))
			return 0;
	return known[count - 1]; /* they are sorted */
}

int nvrtcCompileProgram(void *program, int count, const char *const *options)
{
	compile_function real = (compile_function)dlsym(RTLD_NEXT, "nvrtcCompileProgram");
	const char *changed[MOST];
	char newest[32];

	if (!real)
		return INTERNAL_ERROR;
	if (count > MOST)
		return real(program, count, options);
	for (int i = 0; i < count; i++) {
		int other = i && !strcmp(options[i - 1], "-arch") ? replacement(options[i]) : 0;

		changed[i] = options[i];
		if (other) {
			snprintf(newest, sizeof newest, "compute_%d", other);
			changed[i] = newest;
		}
	}
	return real(program, count, changed);
}
