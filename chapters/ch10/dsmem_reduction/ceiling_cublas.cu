// The library's row: cuBLAS gemv, y = X 1.
#include <kernels/row_sums_by_gemv.cuh>

AISP_IMPLEMENTATION_CLASS(aisp::kernels::RowSumsByGemv, "cuBLAS gemv with a vector of ones");
