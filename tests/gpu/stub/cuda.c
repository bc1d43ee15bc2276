/*
 * libcuda.so for machines without a GPU: the functions that libgpuarray 0.7.6 asks of NVIDIA's
 * driver (src/loaders/libcuda.fn). Memory of the "device" is the host's, so that transfers work;
 * kernels are taken and never run, so that numbers mean nothing.
 *
 * STUB_CAPABILITY  compute capability, 90 for 9.0 (the default)
 * STUB_PTX         file that gets the code of each kernel
 * STUB_DEVICES     0: the driver shows no device
 *
 * https://docs.nvidia.com/cuda/cuda-driver-api/
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUCCESS 0
#define OUT_OF_MEMORY 2
#define NO_DEVICE 100
#define NOT_SUPPORTED 801
#define HANDLE ((void *)8) /* never looked at, but not null */

typedef unsigned long long address;

static int setting(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text ? atoi(text) : otherwise;
}

/* Functions that have nothing to do. */
#define NOTHING(name) int name(void) { return SUCCESS; }
NOTHING(cuDevicePrimaryCtxSetFlags)
NOTHING(cuDevicePrimaryCtxRelease)
NOTHING(cuCtxPushCurrent_v2)
NOTHING(cuLinkDestroy)
NOTHING(cuModuleUnload)
NOTHING(cuMemsetD8Async)
NOTHING(cuLaunchKernel)
NOTHING(cuEventRecord)
NOTHING(cuEventSynchronize)
NOTHING(cuEventDestroy_v2)
NOTHING(cuStreamWaitEvent)
NOTHING(cuStreamSynchronize)
NOTHING(cuStreamDestroy_v2)
NOTHING(cuIpcGetMemHandle)
NOTHING(cuIpcCloseMemHandle)

/* Functions that hand out something whose inside nobody looks at. */
#define HANDS_OUT(name) int name(void **made) { *made = HANDLE; return SUCCESS; }
HANDS_OUT(cuDevicePrimaryCtxRetain)
HANDS_OUT(cuModuleLoadData)
HANDS_OUT(cuModuleLoadDataEx)
HANDS_OUT(cuModuleGetFunction)
HANDS_OUT(cuEventCreate)
HANDS_OUT(cuStreamCreate)

int cuInit(unsigned flags) { return setting("STUB_DEVICES", 1) ? SUCCESS : NO_DEVICE; }
int cuDriverGetVersion(int *version) { *version = 12020; return SUCCESS; }
int cuDeviceGet(int *device, int number) { *device = number; return SUCCESS; }
int cuDeviceGetCount(int *count) { *count = setting("STUB_DEVICES", 1); return SUCCESS; }
int cuCtxGetDevice(int *device) { *device = 0; return SUCCESS; }
int cuIpcOpenMemHandle(void) { return NOT_SUPPORTED; }

int cuCtxPopCurrent_v2(void **context)
{
	if (context)
		*context = HANDLE;
	return SUCCESS;
}

int cuGetErrorName(int error, const char **name)
{
	*name = error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_OF_THE_STUB";
	return SUCCESS;
}

int cuGetErrorString(int error, const char **text)
{
	*text = error == NO_DEVICE ? "no CUDA-capable device is detected" : "an error of the stub";
	return SUCCESS;
}

int cuDeviceGetName(char *name, int size, int device)
{
	snprintf(name, size, "Stub %d", setting("STUB_CAPABILITY", 90));
	return SUCCESS;
}

int cuDeviceGetPCIBusId(char *name, int size, int device)
{
	snprintf(name, size, "0000:00:00.0");
	return SUCCESS;
}

/* Numbers of CUdevice_attribute, and what a usual card answers. */
int cuDeviceGetAttribute(int *value, int attribute, int device)
{
	static const struct { int attribute, value; } usual[] = {
		{1, 1024}, {2, 1024}, {3, 1024}, /* threads of a block */
		{4, 64}, {5, 2147483647}, {6, 65535}, {7, 65535}, /* blocks of a grid */
		{8, 49152}, {10, 32}, {16, 20}, {41, 1}, /* memory, warp, processors, addresses */
	};
	int capability = setting("STUB_CAPABILITY", 90);

	*value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : 0;
	for (unsigned i = 0; i < sizeof usual / sizeof *usual; i++)
		if (usual[i].attribute == attribute)
			*value = usual[i].value;
	return SUCCESS;
}

int cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active)
{
	*flags = *active = 0;
	return SUCCESS;
}

int cuFuncGetAttribute(int *value, int attribute, void *function)
{
	*value = attribute == 0 ? 1024 : 0; /* threads of a block */
	return SUCCESS;
}

/* The linker: what goes in comes out, and is kept for the test. */
static char *image;
static size_t image_size;

int cuLinkCreate(unsigned count, void *options, void **values, void **state)
{
	*state = HANDLE;
	return SUCCESS;
}

int cuLinkAddData(void *state, int type, void *data, size_t size, const char *name,
		  unsigned count, void *options, void **values)
{
	const char *path = getenv("STUB_PTX");

	image = realloc(image, size);
	memcpy(image, data, size);
	image_size = size;
	if (path) {
		FILE *file = fopen(path, "a");

		fwrite(data, 1, strnlen(data, size), file);
		fclose(file);
	}
	return SUCCESS;
}

int cuLinkComplete(void *state, void **made, size_t *size)
{
	*made = image;
	*size = image_size;
	return SUCCESS;
}

/* Memory of the device is the host's. */
int cuMemGetInfo_v2(size_t *free, size_t *total)
{
	*free = *total = 1ul << 30;
	return SUCCESS;
}

int cuMemAlloc_v2(address *place, size_t size)
{
	*place = (address)calloc(1, size ? size : 1);
	return *place ? SUCCESS : OUT_OF_MEMORY;
}

int cuMemAllocHost_v2(void **place, size_t size)
{
	*place = calloc(1, size);
	return *place ? SUCCESS : OUT_OF_MEMORY;
}

int cuMemFree_v2(address place) { free((void *)place); return SUCCESS; }
int cuMemFreeHost(void *place) { free(place); return SUCCESS; }

#define COPIES(name) \
	int name(address to, address from, size_t size) \
	{ memmove((void *)to, (void *)from, size); return SUCCESS; }
COPIES(cuMemcpyHtoD_v2)
COPIES(cuMemcpyHtoDAsync_v2)
COPIES(cuMemcpyDtoHAsync_v2)
COPIES(cuMemcpyDtoDAsync_v2)

int cuMemcpyPeerAsync(address to, void *its, address from, void *other, size_t size)
{
	memmove((void *)to, (void *)from, size);
	return SUCCESS;
}
