// The same kernels as one graph, made and uploaded in setup: a launch is then one call, and the GPU
// goes from node to node by itself.
#include "step_graph.cuh"

using Optimized = aisp::ch12::StepGraph<false>;

AISP_IMPLEMENTATION_CLASS(Optimized, "one graph, made in setup; two nodes updated for each call");
