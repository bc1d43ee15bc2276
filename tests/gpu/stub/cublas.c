/*
 * libcublas.so for machines without a GPU: the functions that libgpuarray 0.7.6 asks for
 * (src/loaders/libcublas.fn). They say that all went well and do nothing.
 *
 * STUB_CUBLAS  1: cuBLAS cannot start, as with a driver that is too old for it
 */
#include <stdlib.h>

#define SUCCESS 0
#define NOT_INITIALIZED 1

#define NOTHING(name) int name(void) { return SUCCESS; }
NOTHING(cublasDestroy_v2)
NOTHING(cublasSetStream_v2)
NOTHING(cublasSetPointerMode_v2)
NOTHING(cublasSetAtomicsMode)
NOTHING(cublasSdot_v2)
NOTHING(cublasDdot_v2)
NOTHING(cublasSgemm_v2)
NOTHING(cublasDgemm_v2)
NOTHING(cublasSgemv_v2)
NOTHING(cublasDgemv_v2)
NOTHING(cublasSger_v2)
NOTHING(cublasDger_v2)
NOTHING(cublasSgemmEx)
NOTHING(cublasGemmEx)
NOTHING(cublasSgemmBatched)
NOTHING(cublasDgemmBatched)
NOTHING(cublasHgemmStridedBatched)
NOTHING(cublasSgemmStridedBatched)
NOTHING(cublasDgemmStridedBatched)

int cublasCreate_v2(void **handle)
{
	*handle = (void *)8;
	return getenv("STUB_CUBLAS") ? NOT_INITIALIZED : SUCCESS;
}

int cublasGetPointerMode_v2(void *handle, int *mode)
{
	*mode = 0;
	return SUCCESS;
}
