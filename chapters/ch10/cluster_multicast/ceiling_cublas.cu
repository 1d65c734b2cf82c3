#include <kernels/bf16_product_by_cublas.cuh>

AISP_IMPLEMENTATION_CLASS(aisp::kernels::Bf16ProductByCublas, "cuBLAS, bf16 factors, fp32 sums");
