// What an implementation (baseline, optimized, or a candidate from outside) is: one C struct of
// function pointers, exported under the name `aisp_implementation`. The AISP_IMPLEMENTATION macro
// writes that export. The ABI is plain C so that a shared object of any compiler can be loaded.
//
// Life of an implementation in one sandboxed process that holds nothing else. On a CPU there are several, one after the other,
// at least 11 where their starts leave time for it (docs/how-it-works.md):
//   setup(setup, &state)   once; sees shapes, parameters and `weight` inputs, never activations
//   run(launch, state)     many times; reads launch->inputs, writes every element of the outputs
//   teardown(state)        once, in the last of its processes, if that still lives
// Every call of `run` gets inputs drawn for it alone, in buffers whose addresses vary. When `run`
// returns, the outputs must be complete: nothing may still be in flight. Non-zero = failed.
//
// CUDA: tensors on the device have device pointers, and launch->stream is the CUstream of the call
// (0 is the legacy default stream). Enqueue on launch->stream, or synchronize what you use besides:
// run() may return with work in flight on that stream, and on no other. The device that computes is
// the current one of the calling thread.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AISP_ABI_VERSION 1u

typedef struct aisp_tensor {
  const char* name;
  void* data;     /* null in setup for everything but weights; on a GPU of its memory, or of
                              the host's (page-locked) where the problem places it there */
  uint32_t dtype; /* aisp::Dtype */
  uint32_t ndim;
  const int64_t* shape;   /* ndim extents, in elements */
  const int64_t* strides; /* ndim strides, in elements */
  uint64_t elements;      /* product of the extents */
} aisp_tensor;

typedef struct aisp_param {
  const char* name;
  double value;
} aisp_param;

/* Inputs stand in the order of the problem's `inputs`, outputs in that of `outputs`.
   An in-out tensor appears in both lists with the same data pointer. */
typedef struct aisp_launch {
  const aisp_tensor* inputs;
  const aisp_tensor* outputs;
  const aisp_param* params;
  uint32_t input_count;
  uint32_t output_count;
  uint32_t param_count;
  uint32_t reserved;
  void* stream; /* CUstream; null on the CPU */
} aisp_launch;

typedef struct aisp_implementation_v1 {
  uint32_t abi_version; /* AISP_ABI_VERSION */
  uint32_t struct_bytes;
  int (*setup)(const aisp_launch* shapes_and_weights, void** state); /* may be null */
  int (*run)(const aisp_launch* launch, void* state);                /* required */
  void (*teardown)(void* state);                                     /* may be null */
  const char* summary;                                               /* one line, may be null */
} aisp_implementation_v1;

#ifdef __cplusplus
}  // extern "C"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <span>

namespace aisp {

// Typed access to a launch. Indices follow the problem's order; names work too, but cost a search.
class Launch {
 public:
  explicit Launch(const aisp_launch& raw) : raw_(&raw) {}

  template <class T>
  const T* input(std::size_t i) const {
    return static_cast<const T*>(raw_->inputs[i].data);
  }
  template <class T>
  T* output(std::size_t i) const {
    return static_cast<T*>(raw_->outputs[i].data);
  }
  template <class T>
  std::span<const T> input_span(std::size_t i) const {
    return {input<T>(i), static_cast<std::size_t>(raw_->inputs[i].elements)};
  }
  template <class T>
  std::span<T> output_span(std::size_t i) const {
    return {output<T>(i), static_cast<std::size_t>(raw_->outputs[i].elements)};
  }
  const aisp_tensor& input_tensor(std::size_t i) const { return raw_->inputs[i]; }
  const aisp_tensor& output_tensor(std::size_t i) const { return raw_->outputs[i]; }
  // The value of a problem parameter; 0 when there is none of that name.
  double param(const char* name) const {
    for (std::uint32_t i = 0; i < raw_->param_count; ++i)
      if (std::strcmp(name, raw_->params[i].name) == 0) return raw_->params[i].value;
    return 0;
  }
  // launch.stream<cudaStream_t>() on CUDA; null on the CPU.
  template <class Stream = void*>
  Stream stream() const {
    return static_cast<Stream>(raw_->stream);
  }
  const aisp_launch& raw() const { return *raw_; }

 private:
  const aisp_launch* raw_;
};

namespace detail {

// Keeps C++ exceptions on this side of the C boundary: an exception is a failed call.
template <class F>
int guarded(F&& f) {
  try {
    f();
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "exception in implementation: %s\n", e.what());
    return 1;
  }
}

template <void (*Run)(const Launch&)>
int run_thunk(const aisp_launch* launch, void*) {
  return guarded([&] { Run(Launch(*launch)); });
}

// For implementations with state: a class with a constructor from `const Launch&` (shapes and
// weights) and `void run(const Launch&)`.
template <class State>
int setup_state(const aisp_launch* launch, void** state) {
  return guarded([&] { *state = new State(Launch(*launch)); });
}
template <class State>
int run_state(const aisp_launch* launch, void* state) {
  return guarded([&] { static_cast<State*>(state)->run(Launch(*launch)); });
}
template <class State>
void delete_state(void* state) {
  delete static_cast<State*>(state);
}

}  // namespace detail
}  // namespace aisp

#define AISP_EXPORT extern "C" __attribute__((visibility("default")))

// AISP_IMPLEMENTATION(run, "one line about it")   with  void run(const aisp::Launch&)
#define AISP_IMPLEMENTATION(run_function, summary_text)            \
  AISP_EXPORT const aisp_implementation_v1 aisp_implementation = { \
      AISP_ABI_VERSION, sizeof(aisp_implementation_v1),            \
      nullptr,          ::aisp::detail::run_thunk<run_function>,   \
      nullptr,          summary_text}

// AISP_IMPLEMENTATION_CLASS(Kernel, "one line")   with  Kernel(const aisp::Launch& shapes_and_weights)
//                                                 and   void Kernel::run(const aisp::Launch&)
#define AISP_IMPLEMENTATION_CLASS(state_class, summary_text)       \
  AISP_EXPORT const aisp_implementation_v1 aisp_implementation = { \
      AISP_ABI_VERSION,                                            \
      sizeof(aisp_implementation_v1),                              \
      ::aisp::detail::setup_state<state_class>,                    \
      ::aisp::detail::run_state<state_class>,                      \
      ::aisp::detail::delete_state<state_class>,                   \
      summary_text}

#endif /* __cplusplus */
