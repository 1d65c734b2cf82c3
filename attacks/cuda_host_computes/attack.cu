// Copies the inputs to the host, computes there in a host function, and copies the result back:
// activity records show copies, and nothing between them.
#include "../device_axpby.cuh"

namespace {

template <class T>
class Pinned {
 public:
  explicit Pinned(std::size_t n) { corpus::check(cudaMallocHost(&data_, n * sizeof(T))); }
  ~Pinned() { cudaFreeHost(data_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  T* get() const { return data_; }

 private:
  T* data_ = nullptr;
};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : n_(launch.output_tensor(0).elements), x_(n_), y_(n_) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    a_ = job.a;
    b_ = job.b;
    const std::size_t bytes = n_ * sizeof(float);
    corpus::check(cudaMemcpyAsync(x_.get(), job.x, bytes, cudaMemcpyDeviceToHost, stream));
    corpus::check(cudaMemcpyAsync(y_.get(), job.y, bytes, cudaMemcpyDeviceToHost, stream));
    corpus::check(cudaLaunchHostFunc(
        stream, [](void* self) { static_cast<Kernel*>(self)->compute(); }, this));
    corpus::check(cudaMemcpyAsync(job.out, x_.get(), bytes, cudaMemcpyHostToDevice, stream));
  }

 private:
  void compute() {
    for (std::size_t i = 0; i < n_; ++i) x_.get()[i] = a_ * x_.get()[i] + b_ * y_.get()[i];
  }

  std::size_t n_;
  Pinned<float> x_, y_;
  float a_ = 0, b_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "the host computes");
