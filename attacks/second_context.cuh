// A CUDA context besides the one that the agent and the runtime share; made through the driver, because the
// runtime knows one only.
#pragma once

#include "device.cuh"
#include "libraries.h"

namespace corpus {

class SecondContext {
 public:
  SecondContext() {
    const auto create = function<int (*)(void**, unsigned, int)>("cuCtxCreate_v2");
    push_ = function<int (*)(void*)>("cuCtxPushCurrent_v2");
    pop_ = function<int (*)(void**)>("cuCtxPopCurrent_v2");
    destroy_ = function<int (*)(void*)>("cuCtxDestroy_v2");
    if (create == nullptr || push_ == nullptr || pop_ == nullptr || destroy_ == nullptr) return;
    void* current = nullptr;
    // Creating makes it current, too.
    if (create(&context_, 0, 0) == 0)
      pop_(&current);
    else
      context_ = nullptr;
  }
  ~SecondContext() {
    if (context_ != nullptr) destroy_(context_);
  }
  SecondContext(const SecondContext&) = delete;
  SecondContext& operator=(const SecondContext&) = delete;

  explicit operator bool() const { return context_ != nullptr; }

  // While it lives, the runtime works in that context.
  class Entered {
   public:
    explicit Entered(const SecondContext& context) : context_(context) {
      context.push_(context.context_);
    }
    ~Entered() {
      void* was = nullptr;
      context_.pop_(&was);
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    const SecondContext& context_;
  };

 private:
  template <class F>
  static F function(const char* name) {
    return reinterpret_cast<F>(driver_function(name));
  }

  void* context_ = nullptr;
  int (*push_)(void*) = nullptr;
  int (*pop_)(void**) = nullptr;
  int (*destroy_)(void*) = nullptr;
};

}  // namespace corpus
